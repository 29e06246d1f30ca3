/** The goals for the store `holdover`, as parts of what MemoryStore does. */
const READ_GOAL = 0.9;
const WRITE_GOAL = 0.6;

/** The value in the middle. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One row of the table. */
export function toRow({ reads, writes, readRatio, writeRatio, isDurable }) {
  return {
    'reads/s': Math.round(median(reads)),
    'of MemoryStore': toFixed(readRatio),
    'writes/s': Math.round(median(writes)),
    'of MemoryStore ': toFixed(writeRatio), // console.table wants its columns to have names of their own
    'survives a restart': isDurable ? 'yes' : 'no',
  };
}

/** What was to be reached, and whether it was. */
export function toGoals(results) {
  const holdover = results.find(({ name }) => name === 'holdover');
  const goals = [
    {
      text: `reads: ${toFixed(holdover.readRatio)} of MemoryStore, at least ${READ_GOAL} wanted`,
      isMet: holdover.readRatio >= READ_GOAL,
    },
    {
      text: `writes: ${toFixed(holdover.writeRatio)} of MemoryStore, at least ${WRITE_GOAL} wanted`,
      isMet: holdover.writeRatio >= WRITE_GOAL,
    },
  ];
  for (const other of results) {
    if (!other.isFile || other === holdover) continue;
    for (const kind of ['reads', 'writes']) {
      const times = median(holdover[kind]) / median(other[kind]);
      goals.push({ text: `${kind}: ${toFixed(times)} times ${other.name}`, isMet: times > 1 });
    }
  }
  return [...goals, ...toRedisGoals(results)];
}

/** On the same Redis, in the same round: at least as much as connect-redis. */
function toRedisGoals(results) {
  const [other, own] = results.filter(({ isRedis }) => isRedis);
  if (!own) return [];
  return ['reads', 'writes'].map((kind) => {
    const times = median(own[kind].map((rate, round) => rate / other[kind][round]));
    const text = `${kind} on Redis: ${toFixed(times)} times ${other.name}, at least 1 wanted`;
    return { text, isMet: times >= 1 };
  });
}

function toFixed(number) {
  return number.toFixed(2);
}

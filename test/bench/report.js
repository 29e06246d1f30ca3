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
  return goals;
}

function toFixed(number) {
  return number.toFixed(2);
}

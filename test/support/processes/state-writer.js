// Writes snapshots as fast as it can until it is killed, and says what is stored: "begun n", "stored n",
// "over". What snapshot n holds follows from n: see `toState`.
import { openRuns } from '../../results/modules/state/snapshots/runs.js';
import { toState } from './state-of.js';
import { say } from './say.js';

const [, , storage, size] = process.argv;
const runs = openRuns({ storage: JSON.parse(storage), app: 'app.js', version: 1, say });
const previous = runs.previous();
let n = previous?.facts.n ?? 0;
let state = new Map(); // the first time all parts are given
say(`begun ${n}`);

setInterval(() => {}, 1000); // until it is killed
while (!runs.isOver) {
  const next = toState(++n, Number(size));
  const put = new Map([...next].filter(([name, text]) => state.get(name) !== text));
  const drop = [...state.keys()].filter((name) => !next.has(name));
  for (const _ of runs.write({ put, drop }, { n })) if (n % 3 === 0) await turn();
  if (!runs.isOver) say(`stored ${n}`);
  state = next;
  if (n % 4 === 0) await (n % 8 ? turn() : runs.settled());
}
say('over');

function turn() {
  return new Promise(setImmediate);
}

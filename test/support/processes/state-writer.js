// Writes snapshots as fast as it can until it is killed, and says what is stored: "begun n", "stored n". What
// snapshot n holds follows from n.
import { openRuns } from '../../results/modules/state/snapshots/runs.js';
import { say } from './say.js';

const [, , storage, size] = process.argv;
const runs = openRuns({ storage: JSON.parse(storage), app: 'app.js', say });
let n = runs.previous()?.graphs[0].roots.n ?? 0;
say(`begun ${n}`);

setInterval(() => {}, 1000); // until it is killed
for (;;) {
  n++;
  const roots = { n, text: String.fromCharCode(97 + (n % 26)).repeat(Number(size)) };
  runs.write(JSON.stringify({ graphs: [{ roots, nodes: [] }], waiting: [], texts: {} }));
  say(`stored ${n}`);
  if (n % 4 === 0) await (n % 8 ? new Promise(setImmediate) : runs.settled());
}

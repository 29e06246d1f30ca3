// Writes sessions as fast as it can until it is killed, and says what was acknowledged:
// "set id n", "ending id" before a destroy, "ended id" after it.
import { basename, dirname } from 'node:path';
import { createSessionStore } from '../../../dist/index.js';
import { say } from './say.js';

const [, , directory, run, lanes, size] = process.argv;
/** Ids are unique in a project, over all its directories: what is noted of them is in one place. */
const series = basename(dirname(directory));
const store = createSessionStore({ directory });

async function write(id, n) {
  const letter = String.fromCharCode(97 + (n % 26));
  if (!(await store.set(id, { n, text: letter.repeat(Number(size)) }))) throw new Error('refused');
  say(`set ${id} ${n}`);
}

async function lane(number) {
  const id = `${series}-lane-${number}`;
  let n = (await store.get(id))?.data.n ?? 0;
  for (let round = 0; ; round++) {
    await write(id, ++n);
    if (round % 8 === 7) {
      const other = `${series}-${run}-${number}-${round}`;
      await write(other, 1);
      if (round % 16 === 7) await write(other, 2);
      say(`ending ${other}`);
      await store.destroy(other);
      say(`ended ${other}`);
    }
    // Lanes take turns, and the background work of the store gets its own.
    if (round % 4 === 0) await new Promise(setImmediate);
  }
}

for (let number = 0; number < Number(lanes); number++) void lane(number);

// Stores sessions that another process stores or destroys, too. Is told by messages which ones:
// { ids, sets } is done once, and answered with what could not be read back whole;
// { id } is stored again and again until the next message, which is answered when that has begun.
import { createSessionStore } from '../../../dist/index.js';

const [, , options] = process.argv;
const store = createSessionStore(JSON.parse(options));
/** The latest message; what an earlier one has begun ends with it. */
const latest = { turn: 0 };

process.on('message', ({ ids, sets, id }) => {
  latest.turn++;
  void (ids ? storeAll(ids, sets) : storeAgain(id, latest.turn));
});
process.on('disconnect', () => process.exit());
process.send('ready');

async function storeAll(ids, sets) {
  let wrong = 0;
  for (let n = 0; n < sets; n++) {
    const id = ids[n % ids.length];
    const letter = String.fromCharCode(97 + (n % 26));
    await store.set(id, { n, text: letter.repeat(50 + (n % 7) * 300) });
    const { data } = (await store.get(id)) ?? {};
    if (!data || data.text.replaceAll(data.text[0], '')) wrong++;
    if (n % 4 === 0) await new Promise(setImmediate);
  }
  process.send({ wrong });
}

async function storeAgain(id, turn) {
  for (let n = 0; turn === latest.turn; n++) {
    await store.set(id, { n });
    if (n === 0) process.send({ storing: id });
    if (n % 4 === 0) await new Promise(setImmediate);
  }
}

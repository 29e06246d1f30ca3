// Stores sessions in Redis that another process stores or destroys, too. Is told by messages which ones:
// { ids, sets } is done once, and answered with what could not be read back whole;
// { id } is stored again and again until the next message, which is answered when that has begun.
import { createSessionStore } from '../../../dist/index.js';

const [, , url] = process.argv;
const store = createSessionStore({ type: 'redis', redis: { url, timeout: 60_000 } });
const state = { turn: 0 };

process.on('message', ({ ids, sets, id }) => {
  state.turn++;
  void (ids ? storeAll(ids, sets) : storeAgain(id, state.turn));
});
process.on('disconnect', () => process.exit());
process.send('ready');

async function storeAll(ids, sets) {
  let wrong = 0;
  for (let n = 0; n < sets; n++) {
    const id = ids[n % ids.length];
    const letter = String.fromCharCode(97 + (n % 26));
    await store.set(id, { n, text: letter.repeat(50 + (n % 7) * 300) });
    if (n % 10 !== 0) continue;
    const { data } = (await store.get(id)) ?? {};
    if (!data || data.text.replaceAll(data.text[0], '')) wrong++;
  }
  process.send({ wrong });
}

async function storeAgain(id, turn) {
  for (let n = 0; turn === state.turn; n++) {
    await store.set(id, { n });
    if (n === 0) process.send({ storing: id });
  }
}

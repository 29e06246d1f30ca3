// Stores ever newer versions of some sessions until it is killed. Says each that was acknowledged,
// and when it reads back another one than it stored.
import { createSessionStore } from '../../../dist/index.js';
import { say } from './say.js';

const [, , directory, ...ids] = process.argv;
const store = createSessionStore({ directory });
for (const id of ids) await store.set(id, version(0));
for (let n = 1; ; n++) {
  for (const id of ids) {
    await store.set(id, version(n));
    say(`${id} ${n}`);
    const now = (await store.get(id))?.data.n;
    if (now !== n) say(`went back ${id} from ${n} to ${now}`);
  }
  await new Promise(setImmediate);
}

function version(n) {
  return { n, text: String.fromCharCode(97 + (n % 26)).repeat(100 + (n % 7) * 3000) };
}

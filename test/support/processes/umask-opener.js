// Opens a session directory under a umask, stores and reads a session, as another user if one is named.
// Asks for one more, which nobody is to find.
import { createSessionStore } from '../../../dist/index.js';

const [, , directory, umask, user, other] = process.argv;
if (user) {
  process.setgid(Number(user));
  process.setuid(Number(user));
}
process.umask(Number.parseInt(umask, 8));
const store = createSessionStore({ directory });
if (other && (await store.get(other))) throw new Error(`${other} is there.`);
await store.set('a', { user: 'Ada' });
await store.set('b', { user: 'Ben' });
await store.set('b', { user: 'Ben', n: 2 });
process.stdout.write(JSON.stringify((await store.get('a')).data));

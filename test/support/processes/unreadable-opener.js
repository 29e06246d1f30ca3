// Stores sessions as a user who is not root, takes away the right to read some, and goes on.
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSessionStore } from '../../../dist/index.js';
import { createSealKey } from '../../results/modules/session/seal.js';
import { DirectoryStorage } from '../../results/modules/storage/directory/storage.js';
import { toLayout } from '../../results/modules/storage/directory/layout.js';
import { SealedFiles } from '../../results/modules/storage/directory/sealed-files.js';

const [, , directory, user] = process.argv;
process.setgid(Number(user));
process.setuid(Number(user));
const store = createSessionStore({ directory });
const staged = join(directory, 'staged');

async function storeUnreadable(id) {
  const before = new Set(readdirSync(staged));
  await store.set(id, { n: 1 });
  const name = readdirSync(staged).find((one) => !before.has(one));
  chmodSync(join(staged, name), 0o000);
}

await store.set('other', { n: 2 });
await storeUnreadable('unreadable');
// In this store it is in memory; what is asked for is what another process finds.
const key = createSealKey(process.env.SESSION_KEY);
const fresh = new DirectoryStorage(new SealedFiles(toLayout(directory), key, () => {}), 'default');
const read = async (id) => {
  const stored = await fresh.get(id);
  return stored ? JSON.parse(stored.text).data : null;
};
const unreadable = await read('unreadable');
const other = await read('other');
const counted = await fresh.count();
const aside = readdirSync(join(directory, 'quarantine'));
await storeUnreadable('unreadable 2');
await fresh.clear();
const cleared = await fresh.count();
process.stdout.write(JSON.stringify({ unreadable, other, aside, counted, cleared }));

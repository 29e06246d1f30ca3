/** Puts sessions into a directory and into Redis, as an app that has run for long would have left them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStorage } from '../results/modules/storage/open.js';
import { openDirectoryKey } from '../results/modules/storage/keys/key.js';
import { toNamespacePrefix, toRecordName } from '../results/modules/storage/directory/layout.js';
import { toSlot } from '../results/modules/storage/directory/file/record-file.js';
import { toFile } from '../results/modules/storage/directory/file/slots.js';

const DAY = 24 * 60 * 60 * 1000;
const AT_ONCE = 500;

/** A session as express-session has it, with passport; every tenth user is `ada`. */
function toSession(index) {
  const user = index % 10 === 0 ? 'ada' : `user${index}@example.org`;
  const cookie = { originalMaxAge: 7 * DAY, expires: true, httpOnly: true, path: '/' };
  const cart = Array.from({ length: 3 }, (_, n) => ({ id: index + n, name: `thing ${n}` }));
  const data = { cookie, passport: { user }, csrfToken: `token-${index}`, cart };
  const created = Date.now() - (index % (3 * 24)) * 60 * 60 * 1000;
  return { id: `${index.toString(36).padStart(6, '0')}${'x'.repeat(26)}`, created, data };
}

function toText({ created, data }) {
  return JSON.stringify({ v: 1, created, data });
}

/**
 * Files in their places, without the fsync of each; every hundredth has expired.
 *
 * @returns how many are live
 */
export function fillDirectory(options, count) {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  openStorage(options);
  const key = openDirectoryKey(options);
  const prefix = toNamespacePrefix(options.namespace);
  let live = 0;
  for (let index = 0; index < count; index++) {
    const session = toSession(index);
    const isExpired = index % 100 === 99;
    const expires = Date.now() + (isExpired ? -DAY : 7 * DAY);
    const name = toRecordName(prefix, session.id);
    const entry = { key: session.id, text: toText(session), expires };
    const slot = toSlot(key, name, entry);
    writeFileSync(join(options.directory, name), toFile(slot), { mode: 0o600 });
    if (!isExpired) live++;
  }
  return live;
}

/** @returns how many are live: all of them */
export async function fillRedis(options, count) {
  const storage = openStorage(options);
  for (let start = 0; start < count; start += AT_ONCE) {
    const indexes = Array.from({ length: AT_ONCE }, (_, offset) => start + offset);
    const sessions = indexes.filter((index) => index < count).map(toSession);
    await Promise.all(sessions.map((one) => storage.set(one.id, toText(one), 7 * DAY)));
  }
  return count;
}

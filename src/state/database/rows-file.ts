import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from './connection.ts';

/**
 * All that is committed in a database, in the form of a SQLite file. Rowids stay.
 *
 * @throws Error while a transaction or a statement is under way
 */
export function readRows(db: Connection): Buffer {
  if (db.serialize) {
    const bytes = db.serialize();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return withFile(Buffer.alloc(0), (file) => {
    db.run('vacuum into ?', file); // into an empty file, which keeps its mode
    return readFileSync(file);
  });
}

/**
 * Makes sure that nothing of the app's is under way in a database.
 *
 * @throws Error while a transaction or a statement is: VACUUM works only then, and on nothing costs nothing
 */
export function checkIdle(db: Connection): void {
  db.exec("attach '' as holdover_idle");
  try {
    db.exec('vacuum holdover_idle');
  } finally {
    db.exec('detach holdover_idle');
  }
}

/**
 * Has a database that is idle look into stored rows, under a schema name, while something runs.
 *
 * @throws Error for what is no database
 */
export function withAttached<T>(
  db: Connection,
  all: [name: string, rows: Buffer][],
  run: () => T,
): T {
  const [first, ...others] = all;
  if (!first) return run();
  const [name, rows] = first;
  return withFile(rows, (file, remove) => {
    db.run(`attach ? as ${name}`, file);
    try {
      db.value(`select count(*) from ${name}.sqlite_schema`);
      remove(); // SQLite has it open
      return withAttached(db, others, run);
    } finally {
      db.exec(`detach ${name}`);
    }
  });
}

/** A file that only this user can read, in a folder of its own, for as long as something runs. */
function withFile<T>(content: Buffer, run: (file: string, remove: () => void) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'holdover-')); // 0700
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const removeEarly = (): void => {
    if (process.platform !== 'win32') remove();
  };
  try {
    const file = join(folder, 'rows.sqlite');
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
    return run(file, removeEarly);
  } finally {
    remove();
  }
}

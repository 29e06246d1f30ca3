import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { adviseKeep } from '../../src/adopt/passport/advise-keep.ts';
import { createTempFolder } from '../support/temp-folder.ts';

it('names the file that has the users of a generated app, unless it is kept', () => {
  const root = createTempFolder();
  const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
  mkdirSync(join(root, 'server'));
  write('package.json', '{ "name": "generated" }');
  expect(adviseKeep(root)).toContain('(see: holdover doctor --state)');
  write('server/storage.ts', 'export const storage = new DatabaseStorage();');
  expect(adviseKeep(root)).toContain('(see: holdover doctor --state)');
  write('server/storage.ts', 'export const storage: IStorage = new MemStorage();');
  expect(adviseKeep(root)).toBe(
    'Write "holdover": { "keep": ["server/storage.ts"] } into package.json, and logins survive a restart.',
  );
  write('package.json', '{ "holdover": { "keep": ["./server/storage.ts#storage"] } }');
  expect(adviseKeep(root)).toContain('(see: holdover doctor --state)');
});

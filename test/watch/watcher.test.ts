import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Watcher } from '../../src/watch/changes/watcher.ts';
import { poll } from '../support/poll.ts';
import { createTempFolder } from '../support/temp-folder.ts';

function createWatcher(root: string): { watcher: Watcher; changed: Set<string> } {
  const changed = new Set<string>();
  const watcher = new Watcher(
    { root, include: [], exclude: [], ignore: [] },
    {
      onBegin: () => {},
      onChange: (paths) => paths.forEach((path) => changed.add(path)),
      onError: (error) => {
        throw error;
      },
    },
  );
  onTestFinished(() => watcher.close());
  return { watcher, changed };
}

describe('the watcher', () => {
  it('tells nothing of files that the app has made and deleted again', async () => {
    const root = createTempFolder();
    const { watcher, changed } = createWatcher(root);
    const [made, edited] = [join(root, 'made.js'), join(root, 'edited.js')];
    writeFileSync(edited, '1');
    const loadedSince = Date.now() - 1000;
    writeFileSync(made, '1');
    watcher.add([made], loadedSince);
    await readFile(made);
    rmSync(made);
    watcher.add([edited], loadedSince);
    await poll(() => changed.has(edited)); // by its time, noticed after what happened before
    expect(changed).not.toContain(made);
  });

  it('tells nothing of files that were looked for and are not there, until they come', async () => {
    const root = createTempFolder();
    const { watcher, changed } = createWatcher(root);
    const [missing, there] = [join(root, 'missing.js'), join(root, 'there.js')];
    writeFileSync(there, '1');
    watcher.add([missing, there], Date.now() + 1000);
    await poll(() => {
      writeFileSync(there, String(Date.now()));
      return changed.has(there);
    });
    expect(changed).not.toContain(missing);
    writeFileSync(missing, '');
    await poll(() => changed.has(missing));
  });

  it('tells of one of many that are not there, whenever it comes', async () => {
    const names = ['a.js', 'a.ts', 'a.tsx', 'a.mts', 'a.cts', 'a.mjs', 'a.cjs', 'a.json'];
    for (let turns = 0; turns < 40; turns++) {
      const root = createTempFolder();
      const { watcher, changed } = createWatcher(root);
      const paths = names.map((name) => join(root, name));
      watcher.add(paths, Date.now() - 1000);
      for (let turn = 0; turn < turns; turn++) await readFile(import.meta.filename); // a moment, by turns
      const [, path = ''] = paths;
      writeFileSync(path, '1');
      await poll(() => changed.has(path), { within: 5000 });
      await watcher.close();
    }
  });
});

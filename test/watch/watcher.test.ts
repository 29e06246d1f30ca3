import { renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { times } from '../support/depth.ts';
import { Watcher, type WatcherEvents } from '../../src/watch/changes/watcher.ts';
import { poll } from '../support/poll.ts';
import { createTempFolder } from '../support/temp-folder.ts';

function createWatcher(root: string, events: Partial<WatcherEvents> = {}, include: string[] = []) {
  const changed = new Set<string>();
  const watcher = new Watcher(
    { root, include, exclude: [], ignore: [] },
    {
      onBegin: () => {},
      onChange: (paths) => paths.forEach((path) => changed.add(path)),
      onError: (error) => {
        throw error;
      },
      ...events,
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
    const loadedSince = Date.now() - 1000;
    writeFileSync(edited, '1');
    writeFileSync(made, '1');
    utimesSync(made, 0, 0); // else it is told as one that was saved too late, after a moment
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
    for (let turns = 0; turns < times(5, 40); turns++) {
      const root = createTempFolder();
      const { watcher, changed } = createWatcher(root);
      const paths = names.map((name) => join(root, name));
      watcher.add(paths, Date.now() - 1000);
      for (let turn = 0; turn < turns; turn++) await readFile(import.meta.filename); // a moment, by turns
      const [, path = ''] = paths;
      writeFileSync(path, '1');
      await poll(() => changed.has(path));
      await watcher.close();
    }
  });
});

/** Files of an app, each with a content. */
function writeFiles(root: string, ...names: string[]): string[] {
  const paths = names.map((name) => join(root, name));
  for (const path of paths) writeFileSync(path, '1');
  return paths;
}

let saves = 1;
const save = (path: string | undefined): void => writeFileSync(path as string, String(++saves));

/** For saves that are not one burst. */
const PAUSING = { every: 50 };

/** They may have been read whenever. */
const LATER = Date.now() + 60_000;

describe('a file that is no longer loaded', () => {
  /** The first run loads a file, the second does not. */
  function begin(isStarted: boolean) {
    const root = createTempFolder();
    const [entry = '', dropped = ''] = writeFiles(root, 'entry.js', 'dropped.js');
    const { watcher, changed } = createWatcher(root);
    watcher.beginRun();
    watcher.add([entry, dropped], LATER);
    watcher.endStart();
    watcher.beginRun();
    watcher.add([entry], LATER);
    if (isStarted) watcher.endStart();
    return { watcher, changed, entry, dropped };
  }

  it('does not count once a run without it has started', async () => {
    const { watcher, changed, entry, dropped } = begin(true);
    expect(watcher.loaded).toEqual([entry]);
    save(dropped);
    await poll(() => {
      save(entry); // told last, as it is saved last
      return changed.has(entry);
    }, PAUSING);
    expect(changed).not.toContain(dropped);
  });

  it('counts while the run without it has not started: its start may fail', async () => {
    const { watcher, changed, entry, dropped } = begin(false);
    expect(watcher.loaded).toEqual([entry, dropped]);
    save(dropped);
    await poll(() => changed.has(dropped));
  });

  it('counts again when it is loaded again', async () => {
    const { watcher, changed, dropped } = begin(true);
    for (let turn = 0; turn < 3; turn++) {
      watcher.beginRun();
      watcher.add([dropped], LATER);
      watcher.endStart();
      expect(watcher.loaded).toEqual([dropped]);
      changed.clear();
      save(dropped);
      await poll(() => changed.has(dropped));
      watcher.beginRun();
      watcher.endStart();
      expect(watcher.loaded).toEqual([]);
    }
  });

  it('counts as before where it counts by its name', async () => {
    const root = createTempFolder();
    const [configuration, view] = writeFiles(root, 'package.json', 'page.html');
    const { watcher, changed } = createWatcher(root, {}, [join(root, '*.html')]);
    watcher.beginRun();
    watcher.add([configuration, view] as string[], LATER);
    watcher.beginRun();
    watcher.endStart();
    expect(watcher.loaded).toEqual([]);
    await poll(() => {
      save(configuration);
      save(view);
      return changed.size === 2;
    }, PAUSING);
  });
});

describe('a change', () => {
  it('is told when its beginning was, whatever is said of its files in between', async () => {
    const root = createTempFolder();
    const [path = ''] = writeFiles(root, 'data.js');
    const changes: string[][] = [];
    const { watcher } = createWatcher(root, {
      onBegin: () => {
        watcher.beginRun();
        watcher.endStart(); // without it
        watcher.ignore(root);
      },
      onChange: (paths) => changes.push(paths),
    });
    watcher.beginRun();
    watcher.add([path], LATER);
    save(path);
    await poll(() => changes.length > 0);
    expect(changes).toEqual([[path]]);
    expect(watcher.loaded).toEqual([]);
  });

  it('is none while a file cannot be read, and when it is back as it was', async () => {
    const root = createTempFolder();
    const [path = '', other = ''] = writeFiles(root, 'locked.js', 'other.js');
    const { watcher, changed } = createWatcher(root, { onError: () => {} });
    watcher.add([path, other], LATER);
    const loop = join(root, 'loop');
    for (let turn = 0; turn < 5; turn++) {
      changed.clear();
      symlinkSync('locked.js', loop);
      renameSync(loop, path); // it leads to itself: neither there nor gone
      await poll(() => {
        save(other);
        return changed.has(other);
      }, PAUSING);
      writeFileSync(loop, '1');
      renameSync(loop, path);
      changed.delete(other);
      await poll(() => {
        save(other);
        return changed.has(other);
      }, PAUSING);
      expect(changed).not.toContain(path);
    }
    save(path);
    await poll(() => changed.has(path));
  });
});

describe('the files that were written since', () => {
  it('are those that the app has loaded, and others that are asked for', async () => {
    const root = createTempFolder();
    const { watcher } = createWatcher(root);
    const [loaded, asked, neither] = writeFiles(root, 'loaded.js', 'asked.js', 'neither.js');
    const missing = join(root, 'missing.js');
    const paths = [loaded, asked] as string[];
    watcher.add([loaded as string, missing], LATER);
    expect(await watcher.changedSince(Date.now() + 60_000, [asked as string])).toEqual([]);
    const written = await watcher.changedSince(Date.now() - 60_000, [asked as string, missing]);
    expect(written.sort()).toEqual(paths.sort());
    expect(written).not.toContain(neither);
  });

  it('are also those that were moved to their place with an old time', async () => {
    const root = createTempFolder();
    const { watcher } = createWatcher(root);
    const [path = '', moved = ''] = writeFiles(root, 'a.js', 'b.js');
    save(moved);
    const old = new Date('2026-01-01');
    for (const file of [path, moved]) utimesSync(file, old, old);
    watcher.add([path], LATER);
    const since = Date.now();
    renameSync(moved, path);
    expect(await watcher.changedSince(since, [])).toEqual([path]);
  });

  it('are none that were seen before as they are, whatever their time is', async () => {
    const root = createTempFolder();
    const { watcher } = createWatcher(root);
    const [path = ''] = writeFiles(root, 'a.js');
    watcher.add([path], LATER);
    const ahead = new Date(LATER);
    utimesSync(path, ahead, ahead);
    await poll(async () => (await watcher.changedSince(Date.now(), [])).length === 0);
    save(path);
    utimesSync(path, ahead, ahead);
    expect(await watcher.changedSince(Date.now(), [])).toEqual([path]);
  });

  it('are also those that were written again with the same content: they were empty for a moment', async () => {
    const root = createTempFolder();
    const { watcher } = createWatcher(root);
    const [path = ''] = writeFiles(root, 'a.js');
    watcher.add([path], LATER);
    const { mtimeMs } = statSync(path);
    const seenAt = Date.now();
    await poll(() => Date.now() > seenAt);
    const since = Date.now();
    await poll(() => {
      writeFiles(root, 'a.js');
      return statSync(path).mtimeMs !== mtimeMs;
    });
    expect(await watcher.changedSince(since, [])).toEqual([path]);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Child } from '../../src/watch/child.ts';
import { Preloading } from '../../src/watch/preloading.ts';
import { Standby } from '../../src/watch/standby.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const OWN = 'tsconfig.json';
const OF_PACKAGE = 'node_modules/one/index.js';

/** A standby that has read two files, in a project at a path of a temporary folder. */
function begin(path = '.') {
  const root = join(createTempFolder(), path);
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  };
  for (const name of [OWN, OF_PACKAGE]) write(name, 'old');
  const files = [OWN, OF_PACKAGE].map((name) => join(root, name));
  const preloading = new Preloading(false, toProcess, () => {});
  const standby = new Standby(toProcess, root, () => files, preloading);
  standby.prepare();
  return { standby, write };
}

/** Nothing is started: what a process does is not looked at here. */
function toProcess(): Child {
  const read = { paths: [], since: 0 };
  const process = { read, startedAt: Date.now(), exited: new Promise(() => {}) };
  return { ...process, kill() {}, send() {}, onMessage() {} } as unknown as Child;
}

describe('a standby', () => {
  it('is taken when all that it has read is as it was', () => {
    const { standby } = begin();
    standby.look();
    expect(standby.take()).toBeDefined();
    expect(standby.wasRight()).toBe(true);
  });

  it.each([OWN, OF_PACKAGE])('is not taken when %s has changed', (name) => {
    const { standby, write } = begin();
    write(name, 'new text');
    standby.look();
    expect(standby.take()).toBeUndefined();
    expect(standby.wasRight()).toBe(true); // the one that is started instead
  });

  it('is not taken, or known to be wrong, when a package changes right before', () => {
    const { standby, write } = begin();
    standby.look();
    write(OF_PACKAGE, 'new text');
    const taken = standby.take();
    expect(taken === undefined || !standby.wasRight()).toBe(true);
  });

  it.each(['.', 'node_modules/project'])(
    'is not taken when a file of the project changes right before, in %s',
    (path) => {
      const { standby, write } = begin(path);
      standby.look();
      write(OWN, 'new text');
      expect(standby.take()).toBeUndefined();
    },
  );
});

import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Memory, type Given } from '../../src/watch/standby/memory.ts';
import type { Learned } from '../../src/watch/learned.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** What tsx makes of a file. */
const TEXT = { format: 'module', text: 'text of tsx' } as const;

/** An app of which a run has shown something; every file is older than the run. */
function begin(requests: [from: string, name: string, to: string][], isAliased = false) {
  const root = createTempFolder();
  const toPath = (name: string): string => join(root, name);
  const toUrl = (name: string): string => pathToFileURL(toPath(name)).href;
  const write = (name: string, text = ''): void => {
    mkdirSync(dirname(toPath(name)), { recursive: true });
    writeFileSync(toPath(name), text);
  };
  const remember = (): Memory => {
    const memory = new Memory(root, '/tsx');
    const learned = toNothing();
    for (const [from, name, to] of requests) {
      const url = to.startsWith('node:') ? to : toUrl(to);
      (learned.requests[toUrl(from)] ??= {})[name] = url;
      learned.formats[url] = 'module';
      if (url.startsWith('file:')) learned.sources[url] = TEXT;
    }
    memory.learn(learned, Date.now() + 1000, isAliased);
    return memory;
  };
  return { root, toPath, toUrl, write, remember };
}

describe('what is remembered of the own files of an app', () => {
  const requests: [string, string, string][] = [
    ['src/server.ts', './routes', 'src/routes/index.ts'],
    ['src/server.ts', './data.js', 'src/data.ts'],
    ['src/routes/index.ts', '../data.js', 'src/data.ts'],
    ['src/server.ts', 'node:fs', 'node:fs'],
  ];
  const files = ['package.json', 'src/server.ts', 'src/routes/index.ts', 'src/data.ts'];

  function beginApp() {
    const app = begin(requests);
    for (const file of files) app.write(file, '{}');
    const memory = app.remember();
    return { ...app, memory, given: memory.give() };
  }

  it('is all of it while nothing changes', () => {
    const { memory, given, toUrl } = beginApp();
    const { ofApp, sources } = memory.give().preparation;
    expect(ofApp[toUrl('src/server.ts')]).toMatchObject({
      './routes': toUrl('src/routes/index.ts'),
      'node:fs': 'node:fs',
    });
    expect(sources[toUrl('src/data.ts')]).toBe(TEXT);
    expect(memory.findForgotten(given)).toEqual({ sources: [], requests: false });
    expect(arePackagesSame(memory, given)).toBe(true);
  });

  it('forgets the text of a file that is saved, also in the way of editors', () => {
    const { memory, given, write, toPath, toUrl } = beginApp();
    write('src/data.ts~', 'new');
    renameSync(toPath('src/data.ts~'), toPath('src/data.ts'));
    const forgotten = { sources: [toUrl('src/data.ts')], requests: false };
    expect(memory.findForgotten(given)).toEqual(forgotten);
  });

  it.each([
    ['a file beside the folder that was found', 'src/routes.ts'],
    ['a file of the name that was asked for', 'src/data.js'],
    ['another index', 'src/routes/index.js'],
    ['a package.json of the folder', 'src/routes/package.json'],
  ])('forgets where requests lead when there is %s', (_, file) => {
    const { memory, given, write, toUrl } = beginApp();
    write(file);
    expect(memory.findForgotten(given)).toEqual({ sources: [], requests: true });
    memory.learn(toNothing(), Date.now() + 1000, false);
    expect(memory.give().preparation.ofApp).toEqual({});
    expect(memory.give().preparation.sources[toUrl('src/data.ts')]).toBe(TEXT);
  });

  it('is what was read, not what was saved while the app started', () => {
    const { root, write, toUrl } = begin(requests);
    for (const file of files) write(file);
    const memory = new Memory(root, undefined);
    const sources = { [toUrl('src/data.ts')]: { format: 'module' as const, text: 'half of it' } };
    memory.learn({ ...toNothing(), sources }, Date.now() - 60_000, false);
    expect(memory.findForgotten(memory.give()).sources).toEqual([toUrl('src/data.ts')]);
  });
});

describe('what is remembered of packages', () => {
  const requests: [string, string, string][] = [
    ['src/server.ts', 'zod', 'node_modules/zod/index.js'],
    ['node_modules/zod/index.js', './core', 'node_modules/zod/core.js'],
    ['node_modules/zod/core.js', 'deep', 'node_modules/deep/main.js'],
  ];

  function beginApp(isAliased = false) {
    const app = begin(requests, isAliased);
    app.write('src/server.ts');
    for (const name of ['zod', 'deep']) app.write(`node_modules/${name}/package.json`, '{}');
    for (const [, , file] of requests) app.write(file);
    const memory = app.remember();
    return { ...app, memory, given: memory.give() };
  }

  it('holds while they are as they were', () => {
    const { memory, given } = beginApp();
    expect(arePackagesSame(memory, given)).toBe(true);
  });

  it.each([
    ['a file of it has changed', 'node_modules/zod/core.js'],
    ['its package.json has', 'node_modules/zod/package.json'],
    ['a file has come', 'node_modules/zod/core.mjs'],
    ['a nearer copy has come', 'node_modules/zod/node_modules/deep/package.json'],
  ])('does not hold when %s', (_, file) => {
    const { memory, given, write } = beginApp();
    write(file, '{ "changed": true }');
    expect(arePackagesSame(memory, given)).toBe(false);
  });

  it('does not hold when a link leads elsewhere', () => {
    const { memory, given, write, toPath } = beginApp();
    write('other/package.json', '{}');
    rmSync(toPath('node_modules/deep'), { recursive: true });
    symlinkSync(toPath('other'), toPath('node_modules/deep'), 'junction');
    expect(arePackagesSame(memory, given)).toBe(false);
  });

  it('is forgotten for a file of the app that a nearer copy has come to', () => {
    const { memory, given, write } = beginApp();
    write('src/node_modules/zod/index.js');
    expect(memory.findForgotten(given).requests).toBe(true);
  });

  it('is not asked for the names of an app whose tsconfig may lead them elsewhere', () => {
    const { memory, toUrl } = beginApp(true);
    const { ofApp, ofPackages } = memory.give().preparation;
    expect(ofApp).toEqual({});
    expect(ofPackages[toUrl('node_modules/zod/core.js')]).toBeDefined();
  });
});

function arePackagesSame(memory: Memory, given: Given): boolean {
  memory.checkPackages();
  return memory.isGood(given);
}

function toNothing(): Learned {
  const loaded = { builtins: [], files: [], modules: [] };
  return { ...loaded, requests: {}, formats: {}, sources: {}, hasHooks: false };
}

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { resolveOptions, type HostOptions } from '../../src/options.ts';
import { toKeep } from '../../src/options/keep.ts';
import { chooseKeep, resolveChosenKeep } from '../../src/options/environment.ts';
import { resolveChildEnvironment } from '../../src/watch/supervision.ts';
import { createApp } from '../support/app.ts';

const STORAGE = 'server/storage.ts';

describe('what is named to be kept', () => {
  it.each([
    [STORAGE, { file: STORAGE }],
    ['./server//storage.ts', { file: STORAGE }],
    ['server/storage.ts#users', { file: STORAGE, name: 'users' }],
    ['x.ts#default', { file: 'x.ts', name: 'default' }],
    [
      'routes/todos.ts#todoRoutes/mem',
      { file: 'routes/todos.ts', inFunction: 'todoRoutes', name: 'mem' },
    ],
    ['c#/x.ts#größe', { file: 'c#/x.ts', name: 'größe' }],
    ['../shared/x.ts', { file: '../shared/x.ts' }],
  ])('is read: %s', (text, place) => {
    expect(toKeep('keep', text)).toEqual([place]);
    expect(toKeep('keep', [text, STORAGE])).toEqual([place, { file: STORAGE }]);
  });

  it.each(['', [], ['']])('may be nothing: %j', (value) => {
    expect(toKeep('keep', value)).toBeUndefined();
  });

  it.each([
    ['#users', /^keep has "#users", which names nothing\. Write server\/storage\.ts, /],
    ['x.ts#', /^keep has "x\.ts#", which names nothing/],
    ['x.ts#1st', /names nothing/],
    ['x.ts#a/b/c', /names nothing/],
    ['x.ts#a b', /names nothing/],
    [[STORAGE, 5], /^keep has 5, which is no text\. Name files, as \["server\/storage\.ts"\]\.$/],
    [{ file: STORAGE }, /which is no text/],
  ])('is refused in one sentence when it cannot be read: %j', (value, sentence) => {
    expect(() => toKeep('keep', value)).toThrow(sentence);
  });
});

describe('the option keep', () => {
  afterEach(() => chooseKeep(undefined));

  async function resolve(manifest: unknown, options: HostOptions = {}, isProduction = false) {
    const app = await createApp();
    app.write('package.json', JSON.stringify({ name: 'kept', holdover: { keep: manifest } }));
    app.write('app.js', '');
    symlinkSync('/', join(app.folder, 'away'), 'junction');
    const faults: string[] = [];
    const onFault = (fault: string): void => void faults.push(fault);
    const circumstances = { entry: join(app.folder, 'app.js'), isProduction, onFault };
    return { keep: resolveOptions(options, circumstances).keep, faults };
  }

  it('joins what package.json, the code and the flag name', async () => {
    chooseKeep(['c.js']);
    const { keep, faults } = await resolve(['a.js#x'], { keep: 'b.js' });
    expect(keep).toEqual([{ file: 'b.js' }, { file: 'c.js' }, { file: 'a.js', name: 'x' }]);
    expect(faults).toEqual([]);
  });

  it('is nothing in production, and when nobody names anything', async () => {
    expect((await resolve(['a.js'], { keep: 'b.js' }, true)).keep).toEqual([]);
    expect((await resolve(undefined)).keep).toEqual([]);
  });

  it.each(['../x.js', '/etc/x.js', 'away/etc/x.js'])(
    'does not lead out of the project from package.json: %s',
    async (file) => {
      const { keep, faults } = await resolve(file);
      expect(keep).toEqual([]);
      expect(faults[0]).toMatch(/^"keep" under "holdover" in .* leads out of the project \(/);
      expect((await resolve(undefined, { keep: file })).keep).toEqual([{ file }]);
    },
  );

  it('goes to the child, and not by a variable that the app sees', () => {
    chooseKeep(['a.ts', 'b.ts#x']);
    expect(resolveChosenKeep()).toEqual(['a.ts', 'b.ts#x']);
    const { HOLDOVER_SUPERVISOR } = resolveChildEnvironment({ root: '/', hold: true });
    expect(JSON.parse(HOLDOVER_SUPERVISOR ?? '')).toMatchObject({ keep: ['a.ts', 'b.ts#x'] });
    chooseKeep(undefined);
    expect(resolveChildEnvironment({ root: '/', hold: true })).not.toMatchObject({
      HOLDOVER_SUPERVISOR: expect.stringContaining('keep') as string,
    });
  });
});

import { Keyv } from 'keyv';
import { KeyvFile } from 'keyv-file';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/index.ts';
import { openKeyv } from '../../src/storage/keyv/open.ts';
import { Browser } from '../support/browser.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { describeStorageContract } from './contract.ts';

const ROOT = import.meta.dirname;

/** What may be given, in each of its forms. */
const PLACES: { name: string; create: () => object }[] = [
  { name: 'a Map', create: () => new Map() },
  { name: 'a Keyv in memory', create: () => new Keyv() },
  {
    name: 'a Keyv of a namespace',
    create: () => new Keyv({ store: new Map(), namespace: 'of the app' }),
  },
  {
    name: 'a Keyv of a namespace with a colon',
    create: () => new Keyv({ store: new Map(), namespace: 'a:b' }),
  },
  {
    name: 'a Keyv without a namespace',
    create: () => new Keyv({ store: new Map(), namespace: '' }),
  },
  {
    name: 'a folder of keyv-file', // whose iterator over one file needs Node 22
    create: () =>
      new KeyvFile({ filename: join(createTempFolder(), 'sessions'), separatedFile: true }),
  },
];

for (const { name, create } of rows(PLACES, 'a Map')) {
  describeStorageContract(name, async () => {
    const given = create();
    return (namespace) => openKeyv(given, ROOT, namespace);
  });
}

describe('a Keyv with sessions', () => {
  it('leaves what else is in it alone', async () => {
    const keyv = new Keyv({ store: new Map() });
    await keyv.set('of the app', 1);
    const store = createSessionStore({ keyv });
    await store.set('a', { n: 1 });
    await store.clear();
    expect(await store.length()).toBe(0);
    expect(await keyv.get('of the app')).toBe(1);
  });

  it('rejects calls with the errors of its adapter', async () => {
    const broken = Object.assign(new Map(), {
      get: () => Promise.reject(new Error('it is broken')),
      set: () => Promise.reject(new Error('it is broken')),
    });
    const store = createSessionStore({
      keyv: { ...broken, get: broken.get, set: broken.set, delete: broken.get, clear: broken.get },
    });
    await expect(store.get('a')).rejects.toThrow('it is broken');
    await expect(store.set('a', {})).rejects.toThrow('it is broken');
    await expect(store.length()).rejects.toThrow('cannot go through its entries');
  });

  it('is refused in one sentence when it is none', () => {
    expect(() => createSessionStore({ keyv: {} })).toThrow('The option keyv is no Keyv');
  });

  it('keeps a login of Express over a kill, and its logout', async () => {
    const project = await CareProject.begin('filesystem');
    for (const name of ['keyv', 'keyv-file']) linkPackage(project.app, name);
    const imports = `
      import { Keyv } from 'keyv';
      import { KeyvFile } from 'keyv-file';
      import { createStore } from 'holdover/express';`;
    const store =
      "store: createStore({ keyv: new Keyv(new KeyvFile({ filename: 'sessions.json', writeDelay: 0 })) }),";
    const code = toExpressApp(store, '', imports);
    const app = await CareApp.start(project, code);
    await app.browser.json('/login', { method: 'POST' });
    expect(await app.browser.json('/me')).toEqual({ user: 'ada' });
    await app.kill();
    const next = await CareApp.start(project, code);
    expect(await app.browser.json('/me')).toEqual({ user: 'ada' });
    const kept: Browser = app.browser.clone();
    await app.browser.text('/organizer/logout', { method: 'POST' });
    expect(await kept.json('/me')).toEqual({});
    await next.kill();
  });
});

import { describe, expect, it } from 'vitest';
import { untilKept } from '../support/kept-state.ts';
import { Rig } from '../support/rig.ts';
import { NODE } from '../support/tools.ts';

/** As generated apps have it: what the app keeps, and the store of its sessions, in one object. */
const STORAGE = `
  import session from 'express-session';
  class OwnStore extends session.Store {
    sessions = new Map();
    get(id, callback) { callback(null, this.sessions.get(id)); }
    set(id, data, callback) { this.sessions.set(id, data); callback(); }
    destroy(id, callback) { this.sessions.delete(id); callback(); }
  }
  class Adopted extends session.MemoryStore {}
  class MemStorage {
    users = new Map();
    sessionStore = new OwnStore();
    adopted = new Adopted();
    #cache = new OwnStore();
  }
  export const storage = new MemStorage();
  export const plans = new Map([['free', 0], ['pro', 10]]);`;

const SERVER = `
  import express from 'express';
  import session from 'express-session';
  import { plans, storage } from './storage.js';
  const app = express();
  app.use(session({ secret: 's', resave: false, saveUninitialized: false, store: storage.sessionStore }));
  app.post('/users/:name', ({ params, session }, response) => {
    session.user = params.name;
    storage.users.set(params.name, {});
    response.json({});
  });
  app.get('/', ({ session }, response) => {
    response.json({ pro: plans.get('pro'), users: storage.users.size, user: session.user ?? null });
  });
  const server = app.listen(process.env.PORT, () => console.log('listening on ' + server.address().port));`;

const FILES = {
  'package.json':
    '{ "name": "kept-or-not", "type": "module", "holdover": { "keep": ["storage.js"] } }',
  'storage.js': STORAGE,
  'server.js': SERVER,
};

const LINE =
  /2 values held over, without storage\.js#storage\.#cache \(OwnStore\), storage\.js#storage\.sessionStore \(OwnStore\)/;

async function startUsed(setup: Parameters<typeof Rig.start>[0] = {}): Promise<Rig> {
  const rig = await Rig.start({ files: FILES, ...setup });
  await rig.listens();
  expect(await rig.browser.json('/users/ada', { method: 'POST' })).toEqual({});
  await untilKept(rig.app, 'ada');
  return rig;
}

describe('what is kept, and what is not', () => {
  it('names the members that are left out in the line of a restart, and of a start', async () => {
    const rig = await startUsed();
    await rig.restart(/Enter {2}.*held over/);
    await rig.printed(new RegExp(`Enter {2}${LINE.source} · .* ms$`));
    expect(await rig.browser.json('/')).toEqual({ pro: 10, users: 1, user: null });
    await rig.killAll();
    rig.startAgain();
    await rig.printed(LINE);
  });

  it.each([
    ['holdover watch', {}],
    ['holdover/register', { tool: NODE }],
  ])('says at a start, too, that a seed was edited, under %s', async (_, setup) => {
    const rig = await startUsed(setup);
    await rig.killAll();
    rig.save('storage.js', STORAGE.replace("['pro', 10]", "['pro', 12]"));
    rig.startAgain();
    await rig.printed(/\[holdover\] storage\.js was edited: what it held goes on/);
    await rig.answers({ pro: 10, users: 1 });
    await rig.printed(LINE);
    rig.save('storage.js', STORAGE.replace("['pro', 10]", "['pro', 14]"));
    await rig.killAll();
    rig.startAgain();
    await rig.printed(/storage\.js was edited: what it held goes on/);
  });
});

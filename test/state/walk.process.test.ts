import { isBuiltin } from 'node:module';
import { describe, expect, it } from 'vitest';
import { ask, findRunningApps } from '../../src/care/running/ask.ts';
import type { Look } from '../../src/state/walk/walk.ts';
import { createApp } from '../support/app.ts';
import { MODULES } from '../support/modules.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';

const WALK = new URL('state/walk/walk.js', MODULES).href;

/** From Node 22 on; on 20 the app has no database. */
const HAS_SQLITE = isBuiltin('node:sqlite');

/** Runs the app, looks at its memory, sends three requests, and looks once more. */
const RUN = `
import './src/server.ts';
const { Walk } = await import('${WALK}');
const walk = new Walk(process.cwd());
while (!(await fetch('http://localhost:' + process.env.PORT).catch(() => false))) ;
const looks = [walk.look()];
for (let i = 0; i < 3; i++) await fetch('http://localhost:' + process.env.PORT + '/add');
looks.push(walk.look());
console.log('looks ' + JSON.stringify(looks));
process.exit();
`;

/** Evaluates a module inside Vite, and once more, and has it used all the time. */
const VITE = `
import holdover from 'holdover/vite';
import { createServer } from 'vite';
const server = await createServer({
  configFile: false, appType: 'custom', plugins: [holdover()],
  server: { middlewareMode: true, ws: false },
});
const first = await server.ssrLoadModule('/src/use.ts');
server.moduleGraph.invalidateAll();
const second = await server.ssrLoadModule('/src/use.ts');
setInterval(() => first.use() + second.use(), 10);
console.log('in use');
`;

const USED = `
import { rooms } from './rooms';
import { storage } from './storage';
const constant = { theme: 'dark' };
export const use = () => rooms.set('room ' + rooms.size, []) && storage.add(constant.theme);
`;

async function lookAround(type: string): Promise<Look[]> {
  const app = await createApp('walked');
  linkPackage(app, 'hono');
  app.write('package.json', JSON.stringify({ name: 'walked', type }));
  app.write('run.mjs', RUN);
  const running = start(process.execPath, ['--import', 'tsx', 'run.mjs'], {
    cwd: app.folder,
    env: { PORT: String(app.port) },
  });
  await running.exited;
  const [, looks = '[]'] = /^looks (.*)$/m.exec(running.output) ?? [];
  return JSON.parse(looks) as Look[];
}

/** What requests fill in the app, as `path: type before>after`. */
const FILLED = {
  'src/plain.cjs#carts': [': Object 0>3'],
  'src/plain.cjs#seen': [': Array 0>3'],
  'src/rooms.ts#rooms': [': Map 1>1'],
  'src/routes.ts#bus': ['heard: Array 0>3'],
  'src/routes.ts#hits': [': number'],
  'src/routes.ts#noteRoutes/notes': [': Array 1>4'],
  ...(HAS_SQLITE && { 'src/routes.ts#sqlite': [': DatabaseSync'] }),
  'src/routes.ts#secrets': [': Array 1>4', 'hidden'],
  'src/routes.ts#todoRoutes/todos': [': Array 2>5'],
  'src/routes.ts#told': [': Array 1>4'],
  'src/storage.ts#storage': ['users: Map 0>3', 'nextId: number', '#log: Array 1>4'],
  'src/tables.ts#scores': [': Array 0>3'],
  'src/videos.ts#default': ['#videos: Map 0>3'],
};

describe('a look at the memory of an app', () => {
  it.each(['module', 'commonjs'])('names what requests have filled in a %s', async (type) => {
    const [first, second] = await lookAround(type);
    expect(first).toMatchObject({ isFirst: true, filled: [], unread: [] });
    expect(second).toMatchObject({ isFirst: false, unread: [] });
    const found = second?.filled.map(({ key, changes, trouble }) => {
      const lines = changes.map(({ path, type: kind, before, after }) =>
        after === undefined ? `${path}: ${kind}` : `${path}: ${kind} ${before}>${after}`,
      );
      return [key, trouble ? [...lines, trouble] : lines];
    });
    expect(Object.fromEntries(found ?? [])).toEqual(FILLED);
  });

  it('sees what Vite has evaluated last, when a command asks', async () => {
    const app = await createApp('walked');
    linkPackage(app, 'vite');
    app.write('src/use.ts', USED);
    app.write('run.mjs', VITE);
    await start(process.execPath, ['run.mjs'], { cwd: app.folder }).printed('in use');
    const vite = await poll(() => findRunningApps(app.folder)[0]);
    const look = async (): Promise<Look> => (await ask(vite, 'look')) as Look;
    expect((await look()).isFirst).toBe(true);
    const { filled } = await poll(async () => {
      const now = await look();
      return now.filled.length > 1 ? now : undefined;
    });
    expect(filled.map(({ key, trouble }) => [key, trouble]).sort()).toEqual([
      ['src/rooms.ts#rooms', undefined],
      ['src/storage.ts#storage', undefined],
    ]);
  });
});

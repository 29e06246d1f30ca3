import { execFile } from 'node:child_process';
import { isBuiltin } from 'node:module';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findRunningApps } from '../../src/care/running/ask.ts';
import { isKept } from '../../src/commands/state/filled.ts';
import { addKeepLines } from '../../src/commands/state/keep-lines.ts';
import { CLI } from '../e2e/tools.ts';
import { get } from '../support/clients.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { hasTerminals, startInTerminal } from '../support/terminal.ts';
import { Watched } from '../support/watched.ts';

const run = promisify(execFile);

/** All that requests fill in the app, and `keep` can name. */
const KEYS = [
  'src/plain.cjs#carts',
  'src/plain.cjs#seen',
  'src/rooms.ts#rooms',
  'src/routes.ts#bus',
  'src/routes.ts#hits',
  'src/routes.ts#noteRoutes/notes',
  ...(isBuiltin('node:sqlite') ? ['src/routes.ts#sqlite'] : []),
  'src/routes.ts#todoRoutes/todos',
  'src/routes.ts#told',
  'src/storage.ts#storage',
  'src/tables.ts#scores',
  'src/videos.ts#default',
];

async function doctor(folder: string, ...words: string[]): Promise<{ out: string; said: string }> {
  const { stdout: out, stderr: said } = await run(
    process.execPath,
    [CLI, 'doctor', '--state', ...words],
    { cwd: folder, env: { ...process.env, NO_COLOR: '1' } },
  );
  return { out, said };
}

/** What somebody is told who knows the socket, and not the token. */
function knock(path: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(path, () => socket.write(`${'0'.repeat(64)} look\n`));
    socket.on('data', (text) => (answer += String(text))).on('close', () => resolve(answer));
  });
}

describe('holdover doctor --state', () => {
  it.runIf(hasTerminals)('names what requests have filled, and offers to keep it', async () => {
    const watched = await Watched.begin({
      fixture: 'walked',
      words: ['src/server.ts'],
      prepare: (app) => linkPackage(app, 'hono'),
    });
    const { folder, port } = watched.app;
    await watched.printed(/^listening/);
    const use = () => get({ port, path: '/add' });

    expect((await doctor(folder)).said).toMatch(/Looked at \d+ variables .* and run this again/s);
    for (let i = 0; i < 3; i++) await use();
    const { out, said } = await doctor(folder);
    expect(out).toMatch(/^src\/storage\.ts#storage +MemStorage +users 0 → 3, nextId, #log 1 → 4$/m);
    expect(out).toMatch(/^src\/routes\.ts#secrets .*\n +→ in a function that has no name/m);
    expect(out).toMatch(/^\+ +"src\/routes\.ts#todoRoutes\/todos",$/m);
    expect(said).toContain('Nothing was written: say --yes');

    const [app] = findRunningApps(folder);
    expect(app?.name).toBe('src/server.ts');
    expect(await knock(app?.path ?? '')).toBe('');

    const terminal = startInTerminal([CLI, 'doctor', '--state'], { cwd: folder });
    await terminal.printed('Write it? [y/N]');
    terminal.type('y\r');
    await terminal.printed('Wrote package.json');
    const manifest = JSON.parse(watched.app.read('package.json')) as { holdover: object };
    expect(manifest).toEqual({ name: 'walked', type: 'module', holdover: { keep: KEYS } });
    await watched.printed(/^listening/, 2);

    const again = startInTerminal([CLI, 'doctor', '--state'], { cwd: folder });
    await again.printed('for the first time since it has started');
    await use();
    again.type('\r');
    await again.printed('What can be kept of it is kept already.');

    watched.running.kill('SIGTERM');
    await watched.running.exited;
    await poll(() => findRunningApps(folder).length === 0);
    await expect(doctor(folder)).rejects.toThrow('No app of this project runs');
  });

  it('adds lines to a package.json and changes nothing else', () => {
    const added = (text: string): unknown =>
      JSON.parse(addKeepLines(text, ['a.ts#b', 'c.ts']) ?? '');
    const keep = ['a.ts#b', 'c.ts'];
    expect(addKeepLines('{\r\n\t"name": "x"\r\n}\r\n', ['a'])).toBe(
      '{\r\n\t"name": "x",\r\n\t"holdover": {\r\n\t\t"keep": [\r\n\t\t\t"a"\r\n\t\t]\r\n\t}\r\n}\r\n',
    );
    expect(addKeepLines('{ "holdover": { "keep": ["z"] }, "n": 1 }', ['a'])).toBe(
      '{ "holdover": { "keep": ["z", "a"] }, "n": 1 }',
    );
    expect(added('{}')).toEqual({ holdover: { keep } });
    expect(added('{"holdover":{}}')).toEqual({ holdover: { keep } });
    expect(added('{"holdover":{"keep":[]}}')).toEqual({ holdover: { keep } });
    expect(added('{\n  "holdover": {\n    "who": "a"\n  },\n  "n": 1\n}')).toEqual({
      holdover: { who: 'a', keep },
      n: 1,
    });
    expect(addKeepLines('{ "holdover": { "keep": "z" } }', ['a'])).toBe(
      '{ "holdover": { "keep": ["z", "a"] } }',
    );
    expect(addKeepLines('{ "holdover": { "keep": 1 } }', ['a'])).toBeUndefined();
  });

  it('knows what is kept already', () => {
    expect(isKept('a.ts#b', ['a.ts'])).toBe(true);
    expect(isKept('a.ts#b', ['./a.ts#b'])).toBe(true);
    expect(isKept('a.ts#f/b', ['a.ts#f'])).toBe(true);
    expect(isKept('a.ts#f/b', ['a.ts'])).toBe(true);
    expect(isKept('a.ts#bc', ['a.ts#b', 'b.ts', 3])).toBe(false);
    expect(isKept('a.ts#b', undefined)).toBe(false);
  });
});

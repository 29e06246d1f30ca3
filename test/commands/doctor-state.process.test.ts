import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { addKeepLines, isKept } from '../../src/commands/state/keep-lines.ts';
import { CLI } from '../support/tools.ts';
import { createApp } from '../support/app.ts';
import { hasTerminals, startInTerminal } from '../support/terminal.ts';

const run = promisify(execFile);

async function doctor(folder: string, ...words: string[]): Promise<{ out: string; said: string }> {
  const { stdout: out, stderr: said } = await run(
    process.execPath,
    [CLI, 'doctor', '--state', ...words],
    { cwd: folder, env: { ...process.env, NO_COLOR: '1' } },
  );
  return { out, said };
}

describe('holdover doctor --state', () => {
  it.runIf(hasTerminals)('lists what could be kept, and keeps it where it is told to', async () => {
    const app = await createApp();
    app.write('package.json', '{\n  "name": "shop"\n}\n');
    app.write('src/carts.js', 'export const carts = new Map();\n');
    app.write('src/rooms.js', 'export const rooms = new Map();\n');

    const { out, said } = await doctor(app.folder);
    expect(out).toMatch(/^src\/carts\.js#carts +Map\nsrc\/rooms\.js#rooms +Map\n/);
    expect(out).toMatch(/^\+ +"src\/carts\.js#carts",$/m);
    expect(said).toContain('Nothing was written: say --yes');

    const terminal = startInTerminal([CLI, 'doctor', '--state'], { cwd: app.folder });
    await terminal.printed('Write it? [y/N]');
    terminal.type('y\r');
    await terminal.printed('Wrote package.json');
    const keep = ['src/carts.js#carts', 'src/rooms.js#rooms'];
    expect(JSON.parse(app.read('package.json'))).toEqual({ name: 'shop', holdover: { keep } });

    expect((await doctor(app.folder)).said).toContain('All of it is kept already.');
    const { out: json } = await doctor(app.folder, '--json');
    expect(JSON.parse(json)).toEqual(keep.map((key) => ({ key, type: 'Map', isKept: true })));
  });

  it('adds lines to a package.json as npm writes it', () => {
    const added = (text: string): unknown =>
      JSON.parse(addKeepLines(text, ['a.ts#b', 'c.ts']) ?? '');
    const keep = ['a.ts#b', 'c.ts'];
    expect(addKeepLines('{\r\n\t"name": "x"\r\n}\r\n', ['a'])).toBe(
      '{\r\n\t"name": "x",\r\n\t"holdover": {\r\n\t\t"keep": [\r\n\t\t\t"a"\r\n\t\t]\r\n\t}\r\n}\r\n',
    );
    expect(added('{}')).toEqual({ holdover: { keep } });
    expect(added('{"holdover":{"keep":[]}}')).toEqual({ holdover: { keep } });
    expect(added('{ "holdover": { "keep": "z", "file": "a" }, "n": 1 }')).toEqual({
      holdover: { keep: ['z', ...keep], file: 'a' },
      n: 1,
    });
    expect(addKeepLines('{ "holdover": { "keep": 1 } }', ['a'])).toBeUndefined();
    expect(addKeepLines('{ "holdover": [] }', ['a'])).toBeUndefined();
  });

  it('knows what is kept already', () => {
    expect(isKept('a.ts#b', ['a.ts'])).toBe(true);
    expect(isKept('a.ts#b', ['./a.ts#b'])).toBe(true);
    expect(isKept('a.ts#f/b', ['a.ts#f'])).toBe(true);
    expect(isKept('a.ts#bc', ['a.ts#b', 'b.ts', 3])).toBe(false);
    expect(isKept('a.ts#b', undefined)).toBe(false);
  });
});

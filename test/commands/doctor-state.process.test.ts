import { expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { createApp, type App } from '../support/app.ts';
import { hasTerminals, startInTerminal } from '../support/terminal.ts';
import { CLI } from '../support/tools.ts';

function doctor(app: App, ...words: string[]) {
  return ask({ app, env: {}, redis: undefined }, ['doctor', '--state', ...words]);
}

it.runIf(hasTerminals)('lists what could be kept, and keeps it where it is told to', async () => {
  const app = await createApp();
  app.write('package.json', '{\r\n\t"name": "shop"\r\n}\r\n');
  for (const name of ['carts', 'rooms'])
    app.write(`src/${name}.js`, `export const ${name} = new Map();\n`);
  const { stdout, stderr } = await doctor(app);
  expect(stdout).toBe(
    `${'src/carts.js#carts'.padEnd(42)}Map\n${'src/rooms.js#rooms'.padEnd(42)}Map\n`,
  );
  expect(stderr).toContain(
    'Nothing was written. To add 2 lines to "keep" in package.json: holdover doctor --state --yes',
  );
  const terminal = startInTerminal([CLI, 'doctor', '--state'], { cwd: app.folder });
  await terminal.printed('Add 2 lines to "keep" in package.json? [y/N]');
  terminal.type('y\r');
  await terminal.printed('Wrote package.json');
  const keep = ['src/carts.js#carts', 'src/rooms.js#rooms'];
  expect(app.read('package.json')).toBe(
    `${JSON.stringify({ name: 'shop', holdover: { keep } }, null, '\t')}\n`.replaceAll(
      '\n',
      '\r\n',
    ),
  );
  expect((await doctor(app)).stderr).toContain('All of it is kept already.');
  const { stdout: json } = await doctor(app, '--json');
  expect(JSON.parse(json)).toEqual(keep.map((key) => ({ key, type: 'Map', isKept: true })));
});

it.each([
  [{ keep: 'src' }, { keep: ['src', 'a.js#carts'] }],
  [
    { keep: [], who: 'user' },
    { keep: ['a.js#carts'], who: 'user' },
  ],
  [{ keep: ['./a.js'] }, { keep: ['./a.js'] }],
  [{ keep: ['a.js#carts2'] }, { keep: ['a.js#carts2', 'a.js#carts'] }],
  [{ keep: [1] }, { keep: [1] }],
  [[], []],
])('adds to %j what is not kept yet, where that has a form it knows', async (before, after) => {
  const app = await createApp();
  app.write('a.js', 'export const carts = new Map();');
  app.write('package.json', JSON.stringify({ holdover: before }));
  await doctor(app, '--yes');
  expect(JSON.parse(app.read('package.json'))).toEqual({ holdover: after });
});

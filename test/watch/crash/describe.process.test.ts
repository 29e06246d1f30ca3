import { symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Crash } from '../../../src/asking/crash.ts';
import { describeCrash } from '../../../src/watch/crash/describe.ts';
import { readExcerpt } from '../../../src/watch/crash/excerpt.ts';
import { toFrames } from '../../../src/watch/crash/frames.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { run, writeFiles } from './crashing.ts';

/** The marked line and where it points. */
function marked({ excerpt }: Crash): string {
  const line = excerpt?.lines.find(({ isMarked }) => isMarked);
  return `${excerpt?.line}:${excerpt?.column} ${line?.text}`;
}

const TYPED = 'interface A { a: string }\n\ntype B = A;\n';

describe('the description of a crash', () => {
  it('shows the source around the first frame of the app', async () => {
    const app = Array.from({ length: 20 }, (_, i) => `// ${i + 1}`);
    app[9] = "  JSON.parse('{');";
    const ended = await run({ 'src/app.js': app.join('\n') });
    const crash = await ended.describe(['src/app.js']);
    expect(crash.title).toBe('The app exited with code 1');
    expect(crash.error).toMatchObject({ name: 'SyntaxError' });
    expect(crash.excerpt?.lines.map(({ number }) => number)).toEqual([
      5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ]);
    expect(marked(crash)).toBe("10:8   JSON.parse('{');");
    expect(crash.error?.frames.some(({ isOfNode }) => isOfNode)).toBe(true);
    expect(crash.changed[0]).toMatch(/src\/app\.js$/);
  });

  it.each<[string, Record<string, string>, string, string?]>([
    [
      'an ES module',
      { 'app.js': "import './b.js';", 'b.js': '//\n\nexport const b = = 2;\n' },
      '3:18 export const b = = 2;',
    ],
    [
      'an ES module of a package that does not say so',
      { 'app.mjs': "import './b.js';", 'b.js': '#!/usr/bin/env node\nexport const b = = 2;\n' },
      '2:18 export const b = = 2;',
      '',
    ],
    ['the entry', { 'app.js': '//\nconst a = ;\nexport {};' }, '2:11 const a = ;'],
    [
      'a CommonJS module',
      { 'app.js': "import './b.cjs';", 'b.cjs': '//\nconst b = {;\n' },
      '2:12 const b = {;',
    ],
    [
      'a required one',
      { 'app.js': "require('./b');", 'b.js': '//\n\tconst b = {;\n' },
      '2:13 \tconst b = {;',
      'commonjs',
    ],
    [
      'TypeScript',
      { 'app.ts': "import './b.ts';", 'b.ts': `${TYPED}const z: B = { a: ;\n` },
      '4:19 const z: B = { a: ;',
    ],
    [
      'TypeScript as CommonJS',
      { 'app.ts': "import './b';", 'b.ts': `${TYPED}const z: B = { a: ;\n` },
      '4:19 const z: B = { a: ;',
      'commonjs',
    ],
  ])('finds a syntax error of %s', async (_, files, expected, type = 'module') => {
    const ended = await run(files, { type });
    const crash = await ended.describe(Object.keys(files));
    expect(marked(crash)).toBe(expected);
    expect(crash.error?.frames[0]).toMatchObject({ isOfNode: false, isOfPackage: false });
  });

  it('finds a syntax error in a file that was not changed, but lately', async () => {
    const others = Array.from({ length: 200 }, (_, i) => [`other${i}.js`, 'export {};']);
    const files = { 'app.js': "import './b.js';", 'b.js': 'const b = = 1; export {};' };
    const ended = await run({ ...files, ...Object.fromEntries(others) });
    const { folder, reported, exit } = ended;
    const [changed = '', broken = '', ...loaded] = [
      ...Object.keys(files),
      ...others.map(([name]) => name),
    ].map((name) => join(folder, name ?? ''));
    for (const file of loaded) utimesSync(file, 0, 0);
    const context = { root: folder, changed: [changed], loaded: [...loaded, broken] };
    expect(marked(await describeCrash(reported, exit, context))).toContain('1:11');
  });

  it('runs nothing of the app to find one', async () => {
    const folder = createTempFolder();
    const file = join(folder, 'made.txt').replaceAll('\\', '/');
    const effect = `import { writeFileSync } from 'node:fs'; writeFileSync('${file}', '');\n`;
    const ended = await run({
      'app.js': `import './b.js';\n${effect}`,
      'b.js': 'const b = = 1; export {};',
    });
    expect(marked(await ended.describe(['app.js', 'b.js']))).toContain('1:11');
    expect(await readExcerpt({ file, line: 1 }, folder)).toBeUndefined();
  });

  it.each<[string, Record<string, string>, string, string?]>([
    [
      'an export',
      { 'app.js': "\nimport { b } from './b.js';", 'b.js': 'export {};' },
      "2:10 import { b } from './b.js';",
    ],
    ['a module', { 'app.js': "//\nimport './missing.js';" }, "2:8 import './missing.js';"],
    [
      'a package',
      { 'app.js': "//\nimport a from 'no-such-package/sub';" },
      "2:15 import a from 'no-such-package/sub';",
    ],
    [
      'a required module',
      { 'app.js': "//\nrequire('./missing');" },
      "2:1 require('./missing');",
      'commonjs',
    ],
    [
      'a module of TypeScript',
      { 'app.ts': `${TYPED}import { c } from './missing.js';\nconsole.log(c as B);` },
      "4:19 import { c } from './missing.js';",
    ],
    [
      'a required module of TypeScript',
      { 'app.ts': `${TYPED}import { c } from './missing';\nconsole.log(c as B);` },
      "4:19 import { c } from './missing';",
      'commonjs',
    ],
  ])('finds the import of %s that is missing', async (_, files, expected, type = 'module') => {
    const ended = await run(files, { type });
    expect(marked(await ended.describe())).toBe(expected);
  });

  it('has the lines of the source where tsx has changed it', async () => {
    const ended = await run({
      'app.ts': `${TYPED}enum E { one, two }\n\nfunction boom(b: B): never {\n  throw new TypeError(b.a + E.one);\n}\nboom({ a: '' });`,
    });
    const crash = await ended.describe();
    expect(marked(crash)).toBe('7:9   throw new TypeError(b.a + E.one);');
    expect(crash.error?.frames.slice(0, 2)).toMatchObject([{ function: 'boom' }, { line: 9 }]);
  });

  it('shows the source of the cause where the error itself is of a package', async () => {
    const ended = await run({
      'app.js':
        "import { wrap } from 'wrapper';\ntry {\n  null.a;\n} catch (error) {\n  setTimeout(wrap, 1, error);\n}",
      'node_modules/wrapper/package.json':
        '{ "name": "wrapper", "exports": "./index.js", "type": "module" }',
      'node_modules/wrapper/index.js':
        "export const wrap = (cause) => { throw new Error('wrapped', { cause }); };",
    });
    const crash = await ended.describe();
    expect(crash.error?.frames[0]).toMatchObject({ isOfPackage: true });
    expect(marked(crash)).toBe('3:8   null.a;');
  });

  it('says what has happened where there is no error', async () => {
    const context = { root: createTempFolder(), changed: [] };
    const ends = [
      { code: 0, signal: null },
      { code: null, signal: 'SIGKILL' as const },
      { code: 3, signal: null },
    ];
    const told = ends.map(async (exit) => describeCrash(undefined, exit, context));
    expect(await Promise.all(told)).toMatchObject([
      { title: 'The app has ended by itself', hint: expect.stringContaining('Nothing was left') },
      { title: 'The app was ended by SIGKILL', hint: expect.stringContaining('memory') },
      { title: 'The app exited with code 3', hint: expect.stringContaining('terminal') },
    ]);
    const ended = await run({ 'app.js': 'await new Promise(() => {});' });
    expect(await ended.describe()).toMatchObject({ hint: 'A top-level await was never settled.' });
  });

  it('does not blame an error that the app has handled long before', async () => {
    const ended = await run({
      'app.js': "process.on('uncaughtException', () => {}); throw new Error('old');",
    });
    expect((await ended.describe()).error?.message).toBe('old');
    if (ended.reported) ended.reported.at -= 60_000;
    expect((await ended.describe()).error).toBeUndefined();
  });

  it('is free of colours and control characters', async () => {
    const ended = await run({
      'app.js': "throw new Error('\\u001B[31mred\\u001B[39m \\u0007\\u202E txet');",
    });
    expect((await ended.describe()).error?.message).toBe('red \uFFFD\uFFFD txet');
  });
});

describe('an excerpt', () => {
  it('is of source files of the project only', async () => {
    const folder = createTempFolder();
    const root = join(folder, 'project');
    const names = [
      'src/a.ts',
      '.env',
      '.env.js',
      '.holdover/a.js',
      'node_modules/a/a.js',
      'key.pem',
      'data.json',
      'server.key',
    ];
    writeFiles(root, Object.fromEntries(names.map((name) => [name, 'content'])));
    writeFiles(root, { 'big.js': 'x'.repeat(2 ** 20 + 1) });
    writeFiles(folder, { 'outside.js': 'content' });
    symlinkSync(join(folder, 'outside.js'), join(root, 'link.js'));
    symlinkSync(join(root, '.env'), join(root, 'env.js'));
    symlinkSync(folder, join(root, 'linked'));
    const others = [
      'big.js',
      'link.js',
      'env.js',
      'src',
      '../outside.js',
      'linked/outside.js',
      'none.js',
    ];
    const read = [...names, ...others].map(async (name) =>
      (await readExcerpt({ file: join(root, name), line: 1 }, root)) ? name : [],
    );
    expect((await Promise.all(read)).flat()).toEqual(['src/a.ts']);
    expect(await readExcerpt({ file: join(root, 'src/a.ts'), line: 2 }, root)).toBeUndefined();
  });
});

describe('the frames of a stack', () => {
  it('are taken apart, whatever they look like', () => {
    const stack = `
    at Object.<anonymous> (/app/a (b)/c.js:1:2)
    at async file:///app/d%20e.js?v=1:3:4
    at async Promise.all (index 0)
    at new Server (node:http:1:2)
    at /app/node_modules/x/y.js:5:6
    at eval (eval at z (/app/f.js:1:1), <anonymous>:1:1)
    at g [as h] (/app/f.js:7:8)
    and a line that is none`;
    const frames = toFrames(stack, '/app').map((frame) => [
      frame.function,
      frame.file,
      frame.line,
      frame.isOfNode ? 'node' : frame.isOfPackage ? 'package' : 'app',
    ]);
    expect(frames).toEqual([
      ['Object.<anonymous>', '/app/a (b)/c.js', 1, 'app'],
      [undefined, '/app/d e.js', 3, 'app'],
      ['async Promise.all', undefined, undefined, 'node'],
      ['new Server', undefined, undefined, 'node'],
      [undefined, '/app/node_modules/x/y.js', 5, 'package'],
      ['eval', undefined, undefined, 'package'],
      ['g [as h]', '/app/f.js', 7, 'app'],
    ]);
  });
});

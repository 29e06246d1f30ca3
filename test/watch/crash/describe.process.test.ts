import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { share } from '../../support/lifetime.ts';
import { crash, startApp, type Told } from './crashed.ts';

/** The marked line and where it points. */
function marked({ excerpt }: Told): string {
  const line = excerpt?.lines.find(({ isMarked }) => isMarked);
  return `${excerpt?.path}:${excerpt?.line}:${excerpt?.column} ${line?.text}`;
}

const REQUIRES = `import { createRequire } from 'node:module';
createRequire(import.meta.url)('./required.cjs');\n`;

describe('what is told of a crash of JavaScript', () => {
  const rig = share(() =>
    startApp('js', {
      files: {
        'other.js': 'export {};',
        'node_modules/wrapper/package.json':
          '{ "name": "wrapper", "exports": "./index.js", "type": "module" }',
        'node_modules/wrapper/index.js':
          "export const wrap = (cause) => { throw new Error('wrapped', { cause }); };",
      },
    }),
  );

  it.each<[string, string, string]>([
    ['what it throws', `//\nJSON.parse('{');`, `part.js:2:6 JSON.parse('{');`],
    ['a syntax error', '//\n\nexport const b = = 2;\n', 'part.js:3:18 export const b = = 2;'],
    [
      'an export that is missing',
      `\nimport { b } from './other.js';`,
      `part.js:2:10 import { b } from './other.js';`,
    ],
    ['a module that is missing', `//\nimport './none.js';`, `part.js:2:8 import './none.js';`],
    [
      'a package that is missing',
      `//\nimport a from 'no-such-package/sub';`,
      `part.js:2:15 import a from 'no-such-package/sub';`,
    ],
    [
      'the cause of an error of a package',
      "import { wrap } from 'wrapper';\ntry {\n  null.a;\n} catch (error) {\n  setTimeout(wrap, 1, error);\n}",
      'part.js:3:8   null.a;',
    ],
  ])('has the source of %s', async (_, content, expected) => {
    const told = await crash(rig(), content);
    expect(marked(told)).toBe(expected);
    expect(told.changed).toEqual(['part.js']);
    expect(told.message).toBe('The app exited with code 1');
  });

  it('has the lines around it', async () => {
    const lines = Array.from({ length: 20 }, (__, i) => `// ${i + 1}`);
    lines[9] = `throw new Error('\\u001B[31mred\\u001B[39m \\u0007\\u202E txet', { cause: 'why' });`;
    const { excerpt, error, causes } = await crash(rig(), lines.join('\n'));
    expect(excerpt?.lines.map(({ number }) => number)).toEqual([
      5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ]);
    expect(error?.message).toBe('red \uFFFD\uFFFD txet'); // free of colours and control characters
    expect(causes).toMatchObject([{ name: 'Uncaught', message: 'why' }]);
  });

  it.each<[string, string, string]>([
    ['a syntax error', '//\nconst b = {;\n', 'required.cjs:2:12 const b = {;'],
    ['a module that is missing', `//\nrequire('./none');`, `required.cjs:2:1 require('./none');`],
  ])('has the source of %s of CommonJS', async (_, content, expected) => {
    rig().app.write('required.cjs', content);
    expect(marked(await crash(rig(), REQUIRES + `// ${expected}`))).toBe(expected);
  });

  it.each<[string, string, object]>([
    [
      'an end without an error',
      'process.exit(3);',
      { message: 'The app exited with code 3', hint: expect.stringContaining('terminal') },
    ],
    [
      'a top-level await that is never settled',
      'await new Promise(() => {});',
      { hint: 'A top-level await was never settled.' },
    ],
    [
      'an app that has nothing to do',
      'process.exit(0);',
      { message: 'The app has ended by itself', hint: expect.stringContaining('Nothing was left') },
    ],
    ['what is no error', `throw { reason: 7 };`, { error: { message: '{ reason: 7 }' } }],
    ['a promise', `await Promise.reject(new Error('no'));`, { error: { message: 'no' } }],
    [
      'a getter that throws',
      `throw Object.defineProperty(new Error(), 'stack', { get() { throw 1; } });`,
      { hint: expect.stringContaining('terminal') },
    ],
    [
      'causes that go round',
      `const error = new Error('shown'); error.cause = error; throw error;`,
      { error: { message: 'shown' }, causes: [] },
    ],
  ])('says what has happened: %s', async (_, content, expected) => {
    expect(await crash(rig(), content)).toMatchObject(expected);
  });

  it('is bounded, and keeps its frames behind a message of any length', async () => {
    const told = await crash(
      rig(),
      `const error = new Error('x\\n    at fake (/etc/passwd:1:1)\\n'.repeat(20_000));
      error.errors = Array.from({ length: 20 }, (_, i) => new Error('y'.repeat(1e5) + i));
      throw error;`,
    );
    expect(JSON.stringify(told).length).toBeLessThan(50_000);
    expect(told.error?.frames[0]).toMatchObject({ path: 'part.js', line: 1 });
    expect(told.causes).toHaveLength(4);
  });

  it('has the source of the project only, and no secrets of it', async () => {
    const { app } = rig();
    const hidden = [
      '.env',
      '.env.js',
      '.holdover/a.js',
      'node_modules/a/a.js',
      'key.pem',
      'a.json',
    ];
    for (const path of [...hidden, 'src/last.ts']) app.write(path, 'content');
    app.write('big.js', 'x'.repeat(2 ** 20 + 1));
    symlinkSync(join(app.folder, '.env'), join(app.folder, 'env.js'));
    symlinkSync(dirname(app.folder), join(app.folder, 'linked'));
    const others = ['big.js', 'env.js', 'src', '../outside.js', 'linked/outside.js', 'none.js'];
    app.write('../outside.js', 'content');
    const frames = [...hidden, ...others, 'src/last.ts'].map(
      (path) => `    at f (${join(app.folder, path)}:1:1)`,
    );
    const stack = JSON.stringify(['Error: x', ...frames].join('\n'));
    const told = await crash(rig(), `throw Object.assign(new Error('x'), { stack: ${stack} });`);
    expect(told.error?.frames).toHaveLength(frames.length);
    expect(told.excerpt?.path).toBe('src/last.ts');
  });

  it('is escaped in the page', async () => {
    const bad = `</pre></title><script>alert("1")</script><img src=x onerror='alert(2)'>&`;
    await crash(
      rig(),
      `const bad = ${JSON.stringify(bad)};
      throw Object.assign(new Error(bad + '\\n' + bad, { cause: bad }), { name: bad, code: bad }); // <i>`,
    );
    const response = await fetch(rig().url, { headers: { accept: 'text/html' } });
    const html = await response.text();
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img|<i>/);
    expect(html.match(/<\/(?:title|pre)>/g)).toHaveLength(2);
    expect(html.match(/&lt;img src=x onerror=&#39;/g)?.length).toBeGreaterThan(4);
    expect(html).toMatch(/href="vscode:\/\/file\/[^"]*part\.js:2:\d+">part\.js:2:\d+</);
    expect(html).toMatch(/is-foreign">[^<]*node:internal/); // no link to what is not of the app
  });
});

describe('what is told of a crash of TypeScript', () => {
  const rig = share(() => startApp('ts'));
  const TYPED = 'interface A { a: string }\n\ntype B = A;\n';

  it.each<[string, string, string]>([
    ['a syntax error', 'const z: B = { a: ;\n', 'part.ts:4:19 const z: B = { a: ;'],
    [
      'a module that is missing',
      `import { c } from './none.js';\nconsole.log(c as B);`,
      `part.ts:4:19 import { c } from './none.js';`,
    ],
    [
      'what it throws, where tsx has changed it',
      `enum E { one, two }\n\nfunction boom(b: B): never {\n  throw new TypeError(b.a + E.one);\n}\nboom({ a: '' });`,
      'part.ts:7:9   throw new TypeError(b.a + E.one);',
    ],
  ])('has the source of %s', async (_, content, expected) => {
    expect(marked(await crash(rig(), TYPED + content, 'part.ts'))).toBe(expected);
  });
});

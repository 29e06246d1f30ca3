import { describe, expect, it } from 'vitest';
import { replaceScripts } from '../../src/commands/init/package-scripts.ts';
import { rewriteScript } from '../../src/commands/init/scripts.ts';
import { insert, insertPlugin, runsServer } from '../../src/commands/init/vite-config.ts';

describe('a script of package.json', () => {
  it.each([
    ['tsx watch src/server.ts', 'holdover watch src/server.ts'],
    [
      'tsx watch --clear-screen=false --env-file .env a.ts --port $PORT',
      'holdover watch --clear-screen=false --env-file .env a.ts --port $PORT',
    ],
    ['tsx watch --ignore "x/**" a.ts', 'holdover watch --exclude "x/**" a.ts'],
    ['nodemon', 'holdover watch'],
    ['nodemon server.js', 'holdover watch server.js'],
    [
      'nodemon --watch src -e ts,html --delay 2 --exec "node --import tsx" src/index.ts',
      'holdover watch --include "src/**/*.{ts,html}" --import tsx src/index.ts',
    ],
    ["nodemon -i 'lib/*' --exec tsx a.ts", "holdover watch --exclude 'lib/*' a.ts"],
    ['nodemon --exec "ts-node --files src/a.ts" -q', 'holdover watch src/a.ts'],
    ['nodemon -- --port 1', 'holdover watch -- --port 1'],
    ['node --watch x.js', 'holdover watch x.js'],
    ['node --env-file=.env --watch x.js', 'holdover watch --env-file=.env x.js'],
    ['node --watch-path=src --watch x.js', 'holdover watch --include src x.js'],
    ['ts-node-dev --respawn --transpile-only x.ts', 'holdover watch x.ts'],
    ['tsnd --respawn --inspect -P a.json x.ts', 'holdover watch --tsconfig a.json --inspect x.ts'],
    ['A=1 cross-env B=2 npx nodemon a.js', 'A=1 cross-env B=2 npx holdover watch a.js'],
    ['dotenv -e .env -- tsx watch a.ts', 'dotenv -e .env -- holdover watch a.ts'],
    [
      'npm run build && nodemon dist/a.js & vite',
      'npm run build && holdover watch dist/a.js & vite',
    ],
    [
      'concurrently -k "npm:css" "cross-env A=1 tsx watch a.ts" \'node --watch b.js\'',
      'concurrently -k "npm:css" "cross-env A=1 holdover watch a.ts" \'holdover watch b.js\'',
    ],
  ])('%s', (script, rewritten) => {
    expect(rewriteScript(script)).toMatchObject({ script: rewritten, reasons: [] });
  });

  it.each([
    'node app.js',
    'node app.js --watch',
    'tsx src/watch.ts',
    'vitest --watch',
    'echo "tsx watch a.ts',
    'tsx watch a.ts > log.txt',
    'tsx watch `cat entry`',
  ])('is left without a word: %s', (script) => {
    expect(rewriteScript(script)).toEqual({ script, entries: [], reasons: [] });
  });

  it.each([
    ['tsx watch', 'It names no entry.'],
    ['nodemon --exec "npm run build && node dist"', 'holdover watch does not take --exec'],
    ['nodemon --signal SIGINT a.js', 'holdover watch does not take --signal SIGINT.'],
    ['nodemon --exec python a.py', 'holdover watch does not take --exec "python".'],
    ['tsx watch --no-such-flag a.ts', 'There is no flag --no-such-flag'],
    ['concurrently "nodemon -e ts,html a.js"', 'Its quotes are not understood.'],
  ])('is left with a reason: %s', (script, reason) => {
    expect(rewriteScript(script)).toMatchObject({
      script,
      reasons: [expect.stringContaining(reason)],
    });
  });

  it('changes in its place, and nothing else does', () => {
    const text = `{ "scripts" : {"a":"x",\r\n\t"b" : "\\u0079" , "c": "z"},\n"dev": {"a": "x"}, "x": [{"scripts": {"a": "x"}}] }`;
    const scripts = new Map([
      ['a', 'one "two"'],
      ['c', 'three'],
      ['gone', 'four'],
    ]);
    expect(replaceScripts(text, scripts)).toBe(
      text.replace('"a":"x"', '"a":"one \\"two\\""').replace('"z"', '"three"'),
    );
    expect(replaceScripts('{ "scripts": [] }', scripts)).toBe('{ "scripts": [] }');
    expect(replaceScripts('{}', scripts)).toBe('{}');
  });
});

describe('a vite.config', () => {
  const DEV_SERVER = `import dev from "@hono/vite-dev-server"\nimport { defineConfig } from "vite"\n`;
  const IMPORTED = `${DEV_SERVER}import holdover from "holdover/vite"\n`;
  it.each([
    [
      `${DEV_SERVER}export default defineConfig({ plugins: [dev({ a: [1] })] })\n`,
      `${IMPORTED}export default defineConfig({ plugins: [holdover(), dev({ a: [1] })] })\n`,
    ],
    [
      `${DEV_SERVER}export default {\n  base: '/', // here\n  plugins: [\n    dev(),\n  ],\n} satisfies UserConfig\n`,
      `${IMPORTED}export default {\n  base: '/', // here\n  plugins: [\n    holdover(),\n    dev(),\n  ],\n} satisfies UserConfig\n`,
    ],
    [
      "import 'x';\r\nexport default {\r\n\tserver: { port: 1 },\r\n};\r\n",
      "import 'x';\r\nimport holdover from 'holdover/vite';\r\nexport default {\r\n\tplugins: [holdover()],\r\n\tserver: { port: 1 },\r\n};\r\n",
    ],
    [
      'export default { plugins: [] };',
      "import holdover from 'holdover/vite';\nexport default { plugins: [holdover()] };",
    ],
  ])('that is plain gets the plugin: %j', (before, after) => {
    expect(insert(before, insertPlugin(before) ?? [])).toBe(after);
  });

  it.each([
    'export default defineConfig(({ mode }) => ({ plugins: [] }));',
    'export default defineConfig({ ...base, plugins: [] });',
    'export default defineConfig({ plugins: [a()].concat(b) && c });'.replace(
      '[a()].concat(b) && c',
      'plugins',
    ),
    'export default defineConfig({ plugins });',
    'export default mergeConfig(a, { plugins: [] });',
    'const config = { plugins: [] };\nexport default config;',
    'module.exports = { plugins: [] };',
    "import a from './a.json' with { type: 'json' };\nexport default { plugins: [] };",
    'const holdover = 1;\nexport default { plugins: [] };',
  ])('that is not plain is left: %s', (text) => {
    expect(insertPlugin(text)).toBeUndefined();
  });

  it('needs one where server code runs in Vite', () => {
    expect(runsServer(DEV_SERVER)).toBe(true);
    expect(runsServer("const a = { name: 'a', configureServer(server) {} }")).toBe(true);
    expect(runsServer("import react from '@vitejs/plugin-react';")).toBe(false);
  });
});

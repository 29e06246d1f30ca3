import { chmodSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { ask } from '../support/ask.ts';
import { hasTerminals, startInTerminal } from '../support/terminal.ts';
import { CLI } from '../support/tools.ts';

/** Makes an app with these files and an empty folder `src`. */
async function begin(files: Record<string, string>): Promise<App> {
  const app = await createApp();
  rmSync(join(app.folder, 'node_modules'), { recursive: true }); // tsx is not installed
  for (const [path, text] of Object.entries(files)) app.write(path, text);
  app.write('src/.gitkeep', '');
  return app;
}

/** Runs `holdover init` in the folder `src` of an app. */
async function init({ folder }: App, ...words: string[]): Promise<{ code: number; text: string }> {
  const project = { app: { folder: join(folder, 'src') }, env: {}, redis: undefined };
  const { stdout, stderr, code } = await ask(project, ['init', ...words]);
  return { code, text: stdout + stderr };
}

/** Runs it in a terminal, and answers. */
async function initAndAnswer({ folder }: App, answer: string): Promise<string> {
  const terminal = startInTerminal([CLI, 'init'], { cwd: folder });
  await terminal.printed('[y/N]');
  terminal.type(`${answer}\r`);
  await terminal.exited;
  return terminal.output;
}

const REWRITTEN = [
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
  ['npm run build && nodemon dist/a.js & vite', 'npm run build && holdover watch dist/a.js & vite'],
  [
    'concurrently -k "npm:css" "cross-env A=1 tsx watch a.ts" \'node --watch b.js\'',
    'concurrently -k "npm:css" "cross-env A=1 holdover watch a.ts" \'holdover watch b.js\'',
  ],
];

const LEFT = [
  'node app.js',
  'node app.js --watch',
  'tsx src/watch.ts',
  'vitest --watch',
  'echo "tsx watch a.ts',
  'tsx watch a.ts > log.txt',
  'tsx watch `cat entry`',
];

const LEFT_WITH_REASON = [
  ['tsx watch', 'It names no entry.'],
  ['nodemon --exec "npm run build && node dist"', 'holdover watch does not take --exec'],
  ['nodemon --signal SIGINT a.js', 'holdover watch does not take --signal SIGINT.'],
  ['nodemon --exec python a.py', 'holdover watch does not take --exec "python".'],
  ['tsx watch --no-such-flag a.ts', 'There is no flag --no-such-flag'],
  ['concurrently "nodemon -e ts,html a.js"', 'Its quotes are not understood.'],
];

describe('the scripts of package.json', () => {
  it('run holdover watch in the place of other restarters, where that is the same', async () => {
    const all = [...REWRITTEN.map(([script = '']) => script), ...LEFT];
    const texts = [...all, ...LEFT_WITH_REASON.map(([script = '']) => script)];
    const scripts = Object.fromEntries(texts.map((text, index) => [`script-${index}`, text]));
    const app = await begin({ 'package.json': JSON.stringify({ name: 'app', scripts }) });
    const { text } = await init(app, '--yes');
    const written = JSON.parse(app.read('package.json')) as { scripts: Record<string, string> };
    expect(Object.values(written.scripts)).toEqual([
      ...REWRITTEN.map(([, rewritten]) => rewritten),
      ...LEFT,
      ...LEFT_WITH_REASON.map(([script]) => script),
    ]);
    for (const [index, [, reason]] of LEFT_WITH_REASON.entries()) {
      const name = `script-${all.length + index}`;
      expect(text).toContain(`Of the script ${name} a part is left as it is. ${reason}`);
    }
    expect(text.split('a part is left as it is')).toHaveLength(LEFT_WITH_REASON.length + 1);
  });

  it('change in their place, and nothing else does', async () => {
    const text = `{ "scripts" : {"a":"tsx watch a.ts",\r\n\t"b" : "\\u0079" , "c": "nodemon"},\n"dev": {"a": "nodemon"}, "x": [{"scripts": {"a": "nodemon"}}] }`;
    const app = await begin({ 'package.json': text });
    await init(app, '--yes');
    expect(app.read('package.json')).toBe(
      text
        .replace('tsx watch', 'holdover watch')
        .replace('"c": "nodemon"', '"c": "holdover watch"'),
    );
    for (const none of ['{ "scripts": [] }', '{}']) {
      const other = await begin({ 'package.json': none });
      await init(other, '--yes');
      expect(other.read('package.json')).toBe(none);
    }
  });
});

describe('a vite.config', () => {
  const DEV_SERVER = `import dev from "@hono/vite-dev-server"\nimport { defineConfig } from "vite"\n`;
  const IMPORTED = `${DEV_SERVER}import holdover from "holdover/vite"\n`;

  /** What becomes of a configuration, and what is said. */
  async function rewrite(config: string): Promise<{ config: string; text: string }> {
    const app = await begin({
      'package.json': '{ "name": "app", "dependencies": { "hono-sessions": "*" } }',
      'vite.config.ts': config,
    });
    const { text } = await init(app, '--yes');
    return { config: app.read('vite.config.ts'), text };
  }

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
      "import 'x';\r\nexport default {\r\n\tserver: { port: 1 },\r\n}; // no configureServer\r\n",
      "import 'x';\r\nimport holdover from 'holdover/vite';\r\nexport default {\r\n\tplugins: [holdover()],\r\n\tserver: { port: 1 },\r\n}; // no configureServer\r\n",
    ],
    [
      'export default { plugins: [] }; // no configureServer',
      "import holdover from 'holdover/vite';\nexport default { plugins: [holdover()] }; // no configureServer",
    ],
  ])('that is plain gets the plugin: %j', async (before, after) => {
    expect((await rewrite(before)).config).toBe(after);
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
  ])('that is not plain is left: %s', async (text) => {
    const config = `${DEV_SERVER}${text}`;
    const left = await rewrite(config);
    expect(left.config).toBe(config);
    expect(left.text).toContain('vite.config.ts is not plain enough to be changed. Add to it:');
  });

  it('needs one where server code runs in Vite', async () => {
    const none = 'a Vite that serves a client needs no plugin';
    expect((await rewrite("import react from '@vitejs/plugin-react';")).text).toContain(none);
    const own = "const a = { name: 'a', configureServer(server) {} }";
    expect((await rewrite(own)).text).not.toContain(none);
  });
});

const PACKAGE = `{
    "name": "app", "type": "module",
    "scripts": {"dev": "tsx watch src/server.ts", "build": "tsc",
        "all": "concurrently \\"tsx watch src/server.ts\\" \\"vite\\""},
    "dependencies": { "hono-sessions": "*", "holdover": "*" }
}`;
const CONFIG = `import devServer from '@hono/vite-dev-server';

export default { plugins: [devServer()] };
`;

describe('holdover init', () => {
  const files = { 'package.json': PACKAGE, 'vite.config.ts': CONFIG };
  const dev = '"dev": "holdover watch src/server.ts"';

  it('shows what it would write, writes it, and takes it back', async () => {
    const project = await begin(files);
    chmodSync(join(project.folder, 'package.json'), 0o640);
    const shown = await init(project);
    expect(shown.code).toBe(0);
    expect(shown.text).toContain('--- package.json');
    expect(shown.text).toContain(`+    "scripts": {${dev}, "build": "tsc",`);
    expect(shown.text).toContain("+import holdover from 'holdover/vite';");
    expect(shown.text).toContain(
      'Nothing was written: say --yes, as there is no terminal to ask on.',
    );
    expect(shown.text).toContain('TypeScript runs through tsx: npm install -D tsx');
    expect([project.read('package.json'), project.read('vite.config.ts')]).toEqual([
      PACKAGE,
      CONFIG,
    ]);

    expect((await init(project, '--yes')).text).toContain('Wrote package.json and vite.config.ts.');
    expect(project.read('package.json')).toBe(
      PACKAGE.replaceAll('tsx watch src', 'holdover watch src'),
    );
    expect(project.read('vite.config.ts')).toContain('plugins: [holdover(), devServer()]');
    expect(statSync(join(project.folder, 'package.json')).mode & 0o777).toBe(0o640);
    expect((await init(project, '--yes')).text).toContain('There is nothing to change.');

    expect((await init(project, '--undo')).text).toContain(`-    "scripts": {${dev}`);
    expect(project.read('package.json')).toContain(dev);
    await init(project, '--undo', '--yes');
    expect([project.read('package.json'), project.read('vite.config.ts')]).toEqual([
      PACKAGE,
      CONFIG,
    ]);
    const again = await init(project, '--undo', '--yes');
    expect(again).toMatchObject({ code: 1 });
    expect(again.text).toContain('There is nothing to take back');
  });

  it('leaves at an undo what is another one by now', async () => {
    const project = await begin(files);
    await init(project, '--yes');
    const { all } = (JSON.parse(project.read('package.json')) as { scripts: { all: string } })
      .scripts;
    const changed = PACKAGE.replace(
      'tsx watch src/server.ts',
      'holdover watch --verbose src/server.ts',
    ).replace(/"all": .*"\}/, () => `"all": ${JSON.stringify(all)}, "more": "x"}`);
    project.write('package.json', changed);
    project.write('vite.config.ts', 'export default {};\n');
    const { text } = await init(project, '--undo', '--yes');
    expect(text).toContain('The script dev is another one by now, and stays. It was: tsx watch');
    expect(text).toContain('vite.config.ts is another one by now, and stays.');
    expect(project.read('package.json')).toContain(
      '"dev": "holdover watch --verbose src/server.ts"',
    );
    expect(project.read('package.json')).toContain(
      '"all": "concurrently \\"tsx watch src/server.ts\\"',
    );
    expect(project.read('vite.config.ts')).toBe('export default {};\n');
  });

  it('says which lines to add where it changes no vite.config, and does not ask in vain', async () => {
    const project = await begin({
      'package.json': PACKAGE.replaceAll('tsx watch', 'tsx'),
      'vite.config.mjs': CONFIG.replace('export default {', 'export default {...base, '),
    });
    const notPlain = await init(project, '--yes');
    expect(notPlain.text).toContain(
      'vite.config.mjs is not plain enough to be changed. Add to it:',
    );
    expect(notPlain.text).toContain('There is nothing to change.');
    project.write('vite.config.mjs', 'export default { plugins: [] };');
    expect((await init(project, '--yes')).text).toContain(
      'a Vite that serves a client needs no plugin',
    );
    project.write('package.json', '{ "name": "x", ');
    expect(await init(project)).toMatchObject({ code: 1 });
  });

  it.runIf(hasTerminals)('asks in a terminal', async () => {
    const project = await begin(files);
    expect(await initAndAnswer(project, 'n')).toContain('Nothing was written.');
    expect(project.read('package.json')).toBe(PACKAGE);
    expect(await initAndAnswer(project, 'y')).toContain('Wrote package.json and vite.config.ts.');
    expect(project.read('package.json')).toContain(dev);
  });
});

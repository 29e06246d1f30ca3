import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceScripts } from '../../src/commands/init/package-scripts.ts';
import { rewriteScript } from '../../src/commands/init/scripts.ts';
import { insert, insertPlugin, runsServer } from '../../src/commands/init/vite-config.ts';
import { CLI } from '../support/tools.ts';
import { start } from '../support/running.ts';
import { createTempFolder } from '../support/temp-folder.ts';

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

/** A project, with `holdover init` run in it. */
class Project {
  readonly folder = createTempFolder();

  constructor(files: Record<string, string>) {
    mkdirSync(join(this.folder, 'src'));
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  async init(...words: string[]): Promise<{ code: number | null; text: string }> {
    const running = start(process.execPath, [CLI, 'init', ...words], {
      cwd: join(this.folder, 'src'),
    });
    const { code } = await running.exited;
    return { code, text: running.output };
  }

  /** Runs it in a terminal, and answers. */
  async initAndAnswer(answer: string, ...words: string[]): Promise<string> {
    const command = [process.execPath, CLI, 'init', ...words].map((word) => `'${word}'`).join(' ');
    const running = start('script', ['-qefc', command, '/dev/null'], { cwd: this.folder });
    await running.printed('[y/N]');
    running.type(`${answer}\r`);
    await running.exited;
    return running.output;
  }
}

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
    const project = new Project(files);
    chmodSync(join(project.folder, 'package.json'), 0o640);
    const shown = await project.init();
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

    expect((await project.init('--yes')).text).toContain('Wrote package.json and vite.config.ts.');
    expect(project.read('package.json')).toBe(
      PACKAGE.replaceAll('tsx watch src', 'holdover watch src'),
    );
    expect(project.read('vite.config.ts')).toContain('plugins: [holdover(), devServer()]');
    expect(statSync(join(project.folder, 'package.json')).mode & 0o777).toBe(0o640);
    expect((await project.init('--yes')).text).toContain('There is nothing to change.');

    expect((await project.init('--undo')).text).toContain(`-    "scripts": {${dev}`);
    expect(project.read('package.json')).toContain(dev);
    await project.init('--undo', '--yes');
    expect([project.read('package.json'), project.read('vite.config.ts')]).toEqual([
      PACKAGE,
      CONFIG,
    ]);
    const again = await project.init('--undo', '--yes');
    expect(again).toMatchObject({ code: 1 });
    expect(again.text).toContain('There is nothing to take back');
  });

  it('leaves at an undo what is another one by now', async () => {
    const project = new Project(files);
    await project.init('--yes');
    const { all } = (JSON.parse(project.read('package.json')) as { scripts: { all: string } })
      .scripts;
    const changed = PACKAGE.replace(
      'tsx watch src/server.ts',
      'holdover watch --verbose src/server.ts',
    ).replace(/"all": .*"\}/, () => `"all": ${JSON.stringify(all)}, "more": "x"}`);
    project.write('package.json', changed);
    project.write('vite.config.ts', 'export default {};\n');
    const { text } = await project.init('--undo', '--yes');
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
    const project = new Project({
      'package.json': PACKAGE.replaceAll('tsx watch', 'tsx'),
      'vite.config.mjs': CONFIG.replace('export default {', 'export default {...base, '),
    });
    const notPlain = await project.init('--yes');
    expect(notPlain.text).toContain(
      'vite.config.mjs is not plain enough to be changed. Add to it:',
    );
    expect(notPlain.text).toContain('There is nothing to change.');
    project.write('vite.config.mjs', 'export default { plugins: [] };');
    expect((await project.init('--yes')).text).toContain(
      'a Vite that serves a client needs no plugin',
    );
    project.write('package.json', '{ "name": "x", ');
    expect(await project.init()).toMatchObject({ code: 1 });
  });

  it.runIf(hasScript())('asks in a terminal', async () => {
    const project = new Project(files);
    expect(await project.initAndAnswer('n')).toContain('Nothing was written.');
    expect(project.read('package.json')).toBe(PACKAGE);
    expect(await project.initAndAnswer('y')).toContain('Wrote package.json and vite.config.ts.');
    expect(project.read('package.json')).toContain(dev);
  });
});

/** Of util-linux: runs a command in a terminal of its own. */
function hasScript(): boolean {
  try {
    execFileSync('script', ['--version']);
    return process.platform === 'linux';
  } catch {
    return false;
  }
}

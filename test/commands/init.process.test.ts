import { chmodSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { ask } from '../support/ask.ts';
import { hasTerminals, startInTerminal } from '../support/terminal.ts';
import { CLI } from '../support/tools.ts';

const TSX = { 'node_modules/tsx/package.json': '{ "version": "4.0.0" }' };

/** Makes an app with these scripts and files, and an empty folder `src`. */
async function begin(scripts: object, files: Record<string, string> = {}): Promise<App> {
  const app = await createApp();
  rmSync(join(app.folder, 'node_modules'), { recursive: true }); // tsx is not installed
  app.write('package.json', JSON.stringify({ name: 'app', scripts }));
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

function scriptsOf(app: App): Record<string, string> {
  return (JSON.parse(app.read('package.json')) as { scripts: Record<string, string> }).scripts;
}

const REWRITTEN: Record<string, string> = {
  'tsx watch src/server.ts': 'holdover watch src/server.ts',
  'tsx watch --clear-screen=false --env-file .env a.ts --port $PORT':
    'holdover watch --no-clear-screen --env-file .env a.ts --port $PORT',
  'tsx watch --ignore "x/**" a.ts > log.txt': 'holdover watch --exclude "x/**" a.ts > log.txt',
  nodemon: 'holdover watch',
  'nodemon server.js': 'holdover watch server.js',
  'nodemon --watch src -e ts,html --delay 2 --exec "node --import tsx" src/index.ts':
    'holdover watch --include "src/**/*.{ts,html}" --import tsx src/index.ts',
  "nodemon -i 'lib/*' --exec tsx a.ts": "holdover watch --exclude 'lib/*' a.ts",
  'nodemon --exec "ts-node --files src/a.ts" -q': 'holdover watch src/a.ts',
  'nodemon -- --port 1': 'holdover watch -- --port 1',
  'node --watch x.js': 'holdover watch x.js',
  'node --env-file=.env --watch x.js': 'holdover watch --env-file=.env x.js',
  'node --watch-path=src --watch x.js': 'holdover watch --include src x.js',
  'ts-node-dev --respawn --transpile-only x.ts': 'holdover watch x.ts',
  'tsnd --respawn --inspect -P a.json x.ts': 'holdover watch --tsconfig a.json --inspect x.ts',
  'A=1 cross-env B=2 npx nodemon a.js': 'A=1 cross-env B=2 npx holdover watch a.js',
  'dotenv -e .env -- tsx watch a.ts': 'dotenv -e .env -- holdover watch a.ts',
  'npm run build && nodemon dist/a.js & vite': 'npm run build && holdover watch dist/a.js & vite',
  'concurrently -k "npm:css" "cross-env A=1 tsx watch a.ts" \'node --watch b.js\'':
    'concurrently -k "npm:css" "cross-env A=1 holdover watch a.ts" \'holdover watch b.js\'',
  'concurrently "npm run b && tsx watch a.ts" vite':
    'concurrently "npm run b && holdover watch a.ts" vite',
  'nest start --watch --debug':
    'nest start --watch --debug --exec "node --import holdover/register"',
};

const LEFT = ['node app.js', 'node app.js --watch', 'tsx prisma/seed.ts', 'vitest --watch'];

const REASONS: Record<string, string> = {
  'tsx watch `cat entry`': 'It names no entry.',
  'nodemon --exec "npm run build && node dist"': 'holdover watch does not take --exec',
  'nodemon --signal SIGINT a.js': 'holdover watch does not take --signal SIGINT. Leave it out',
  'nodemon --exec python a.py': 'holdover watch does not take --exec "python".',
  'tsx watch --no-such-flag a.ts': 'There is no flag --no-such-flag',
  'concurrently "nodemon -e ts,html a.js"': 'Its quotes are not understood.',
  'nodemon -r @babel/register a.js': 'holdover watch does not take -r @babel/register',
  'concurrently "nest start --watch"': 'Add to nest start --watch: --exec "node',
};

describe('holdover init', () => {
  it('puts holdover watch in the place of other restarters, where that is the same', async () => {
    const all = [...Object.keys(REWRITTEN), ...LEFT, ...Object.keys(REASONS)];
    const app = await begin(Object.fromEntries(all.map((text, n) => [`script-${n}`, text])), TSX);
    const { text } = await init(app, '--yes');
    expect(Object.values(scriptsOf(app))).toEqual(all.map((script) => REWRITTEN[script] ?? script));
    for (const [script, reason] of Object.entries(REASONS))
      expect(text).toContain(`The script script-${all.indexOf(script)}: ${reason}`);
    expect(text.split('The script ')).toHaveLength(Object.keys(REASONS).length + 1);
  });

  it('offers it to a script of development that has no restarter', async () => {
    const app = await begin({ dev: 'NODE_ENV=development tsx server/index.ts', seed: 'tsx a.ts' });
    await init(app, '--yes');
    expect(scriptsOf(app)).toEqual({
      dev: 'NODE_ENV=development holdover watch server/index.ts',
      seed: 'tsx a.ts',
    });
  });

  it('shows what it would write, and writes package.json as npm does', async () => {
    const text = `{\r\n\t"name": "app",\r\n\t"scripts": {\r\n\t\t"dev": "tsx watch a.ts"\r\n\t}\r\n}\r\n`;
    const app = await begin({}, { 'package.json': text });
    chmodSync(join(app.folder, 'package.json'), 0o640);
    const shown = await init(app);
    expect(shown.code).toBe(0);
    expect(shown.text).toContain('- "dev": tsx watch a.ts\n+ "dev": holdover watch a.ts\n');
    expect(shown.text).toContain('Nothing was written. To write it: holdover init --yes\n');
    expect(shown.text).toContain('npm install -D holdover');
    expect(app.read('package.json')).toBe(text);
    expect((await init(app, '--yes')).text).toContain('Wrote package.json.');
    expect(app.read('package.json')).toBe(text.replace('tsx watch', 'holdover watch'));
    expect(statSync(join(app.folder, 'package.json')).mode & 0o777).toBe(0o640);
    const again = await init(app, '--yes');
    expect(again).toMatchObject({
      code: 0,
      text: expect.stringContaining('runs holdover already'),
    });
  });

  it('leaves TypeScript that tsx cannot run, and says why', async () => {
    const scripts = { dev: 'nodemon' };
    const exec = JSON.stringify({ watch: ['src'], exec: 'ts-node src/main.ts' });
    const files = { 'nodemon.json': exec, 'src/main.ts': '' };
    const none = await begin(scripts, files);
    expect(await init(none, '--yes')).toMatchObject({
      code: 1,
      text: expect.stringMatching(
        /The script dev: .* through tsx\. Install it.*npm install -D tsx/,
      ),
    });
    const tsconfig = '{ "compilerOptions": { "emitDecoratorMetadata": true } }';
    const nest = await begin(scripts, { ...files, ...TSX, 'tsconfig.json': tsconfig });
    const { text } = await init(nest, '--yes');
    expect(text).toContain('The script dev: tsconfig.json has emitDecoratorMetadata, which tsx');
    expect([scriptsOf(none), scriptsOf(nest)]).toEqual([scripts, scripts]);
    const plain = await begin(scripts, { ...files, ...TSX });
    await init(plain, '--yes');
    expect(scriptsOf(plain)).toEqual({ dev: 'holdover watch' });
  });

  it('includes the JSON that nodemon watches and the app does not load', async () => {
    const app = await begin(
      { dev: 'nodemon app.js' },
      { 'config/default.json': '{}', 'dist/a.json': '{}', 'public/b.json': '{}' },
    );
    const { text } = await init(app, '--yes');
    expect(scriptsOf(app)).toEqual({ dev: 'holdover watch --include "config/*.json" app.js' });
    expect(text).toContain('config/*.json is watched by --include.');
  });

  it('names each script where nothing can be changed, why, and what to write', async () => {
    const app = await begin(
      { start: 'node app.js', build: 'gulp', dev: 'nodemon --exec "npm start" app.js' },
      { 'app.js': '', 'index.js': '' },
    );
    const { code, text } = await init(app, '--yes');
    expect(code).toBe(1);
    for (const line of [
      'The script start: It has no restarter. To have one, write: holdover watch app.js\n',
      'The script build: It runs no restarter that holdover takes the place of.\n',
      'The script dev: holdover watch does not take --exec "npm start". Where it runs Node in the end, write: holdover watch app.js\n',
      'Nothing can be changed. Write the script of your server yourself: "dev": "holdover watch index.js"\n',
    ])
      expect(text).toContain(line);
    app.write('package.json', '{ "name": "x" }');
    expect(await init(app)).toMatchObject({ code: 1 });
  });

  it.each([
    ["import dev from '@hono/vite-dev-server'", true],
    ["const a = { name: 'a', configureServer(server) {} }", true],
    ["import react from '@vitejs/plugin-react'", false],
    ["import holdover from 'holdover/vite'; import dev from '@hono/vite-dev-server'", false],
  ])('prints the two lines for a vite.config that needs them: %s', async (config, isNeeded) => {
    const manifest = '{ "dependencies": { "hono-sessions": "*" }, "scripts": { "dev": "vite" } }';
    const app = await begin({}, { 'package.json': manifest, 'vite.config.ts': config });
    const { code, text } = await init(app, '--yes');
    expect(code).toBe(isNeeded ? 0 : 1);
    expect(text.includes("import holdover from 'holdover/vite';\nplugins: [holdover(), …]")).toBe(
      isNeeded,
    );
    expect(app.read('vite.config.ts')).toBe(config);
  });

  it.runIf(hasTerminals)('asks in a terminal', async () => {
    const app = await begin({ dev: 'nodemon a.js' });
    const answer = async (typed: string): Promise<string> => {
      const terminal = startInTerminal([CLI, 'init'], { cwd: app.folder });
      await terminal.printed('[y/N]');
      terminal.type(`${typed}\r`);
      await terminal.exited;
      return terminal.output;
    };
    expect(await answer('n')).toContain('Nothing was written.');
    expect(scriptsOf(app)).toEqual({ dev: 'nodemon a.js' });
    expect(await answer('y')).toContain('Wrote package.json.');
    expect(scriptsOf(app)).toEqual({ dev: 'holdover watch a.js' });
  });
});

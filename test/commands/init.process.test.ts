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

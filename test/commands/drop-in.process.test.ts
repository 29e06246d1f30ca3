import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { childrenOf } from '../support/children.ts';
import { copyPackage } from '../support/copy-package.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';
import { untilHeld, Watched } from '../support/watched.ts';

const FOR_EVER = 'setInterval(() => {}, 1e6);';

describe('an app under holdover watch', () => {
  it('runs as nodemon ran it: no entry, nodemon.json, and a page that is not loaded', async () => {
    const watched = await Watched.begin({
      words: ['--no-standby'],
      files: {
        'nodemon.json': JSON.stringify({
          watch: ['src'],
          ext: 'js,html',
          ignore: ['src/ignored/'],
          env: { GREETING: 'hello' },
          delay: 100,
        }),
        'src/server.js': `console.log('greets with ' + process.env.GREETING); ${FOR_EVER}`,
        'src/views/page.html': '1',
        'src/ignored/page.html': '1',
      },
    });
    await watched.printed(/^greets with hello$/);
    const says = /^\S+ \[holdover\] (.*)$/gm;
    expect([...watched.running.output.matchAll(says)].map(([, line]) => line)).toEqual([
      'nodemon.json: watch, ext, ignore and env are read; delay is not read.',
      'Running src/server.js, as no entry is named.',
    ]);
    watched.app.write('src/ignored/page.html', '2');
    watched.app.write('src/views/page.html', '2');
    await watched.printed(/\[holdover\] src\/views\/page\.html$/);
    await watched.printed(/^greets with hello$/, 2);
  });

  it('may be JavaScript that imports TypeScript, where tsx is installed', async () => {
    const isTsx = "process.execArgv.some((word) => word.includes('/tsx/'))";
    const files = {
      'app.js': `import { greeting } from './src/greet.js';
        console.log(greeting + ' by tsx: ' + ${isTsx}); ${FOR_EVER}`,
      'src/greet.js': "export { greeting } from '../lib';",
      'lib/index.ts': "export const greeting: string = 'hello';",
      // Nothing that it imports is TypeScript, although there is some.
      'plain.mjs': `import './src/other.js';\nconsole.log('plain by tsx: ' + ${isTsx}); ${FOR_EVER}`,
      'src/other.js': 'export {};',
      'src/other.ts': 'export {};',
    };
    const watched = await Watched.begin({ words: ['--no-standby', 'app'], files });
    await watched.printed(/^hello by tsx: true$/);
    watched.app.write('lib/index.ts', "export const greeting: string = 'welcome';");
    await watched.printed(/^welcome by tsx: true$/);
    const plain = await Watched.begin({ words: ['--no-standby', 'plain'], files });
    await plain.printed(/^plain by tsx: false$/);
  });

  it('has the tsconfig that is named, and is restarted by a change of it', async () => {
    const toConfig = (folder: string): string =>
      JSON.stringify({ compilerOptions: { paths: { '#lib/*': [`./${folder}/*`] } } });
    const watched = await Watched.begin({
      words: ['--no-standby', '--tsconfig', 'config/dev.json', 'server.js'],
      files: {
        'config/dev.json': toConfig('one'),
        'config/one/name.ts': "export const name: string = 'one';",
        'config/two/name.ts': "export const name: string = 'two';",
        'server.js': `import { name } from '#lib/name'; console.log('name ' + name); ${FOR_EVER}`,
      },
    });
    await watched.printed(/^name one$/);
    watched.app.write('config/dev.json', toConfig('two'));
    await watched.printed(/^name two$/);
    await watched.printed(/\[holdover\] config\/dev\.json$/);
  });

  const { typescript } = process.features as { typescript?: string };
  it.runIf(typescript)('may be TypeScript that Node runs by itself, with a standby', async () => {
    const app = await createApp();
    for (const name of ['holdover', 'tsx']) rmSync(join(app.folder, 'node_modules', name));
    const cli = copyPackage(app.folder); // beside which there is no tsx
    const toCode = (version: string): string =>
      `const version: string = '${version}';\nmodule.exports = { version };\n`;
    app.write('package.json', '{ "name": "stripped" }');
    app.write('lib/version.ts', toCode('1'));
    app.write(
      'server.ts',
      `const http: any = require('node:http');
        const express: any = require('express');
        const session: any = require('express-session');
        const { version } = require('./lib/version.ts');
        const app: any = express();
        app.use(session({ secret: 'a secret', resave: false, saveUninitialized: true }));
        app.get('/', (req: any, res: any) => {
          req.session.views = (req.session.views ?? 0) + 1;
          res.json({ version, views: req.session.views as number });
        });
        http.createServer(app).listen(process.env.PORT);\n`,
    );
    const running = start(process.execPath, [cli, 'watch', '--verbose', 'server'], {
      cwd: app.folder,
      env: { PORT: String(app.port) },
    });
    const browser = new Browser(app.url);
    const answers = (version: string) =>
      poll(async () => {
        const answer = await browser.json<{ version: string; views: number }>('/');
        return answer?.version === version ? answer : undefined;
      });
    let { views } = await answers('1');
    for (const version of ['2', '3']) {
      await untilHeld(running.pid, app.port);
      await poll(() => childrenOf(running.pid).length > 1);
      const { length } = running.output;
      app.write('lib/version.ts', toCode(version));
      await running.printed(/\[holdover\] lib\/version\.ts/, length);
      const answer = await answers(version);
      expect(answer.views).toBeGreaterThan(views);
      ({ views } = answer);
    }
    expect(running.output).not.toMatch(/Warning|exited/);
  });
});

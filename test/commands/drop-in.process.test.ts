import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childrenOf } from '../support/children.ts';
import { copyPackage } from '../support/copy-package.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { HOLDOVER_WATCH } from '../support/tools.ts';

interface Answer {
  version: string;
  views: number;
}

const FOR_EVER = 'setInterval(() => {}, 1e6);';

describe('an app under holdover watch', () => {
  it('runs as nodemon ran it: no entry, nodemon.json, and a page that is not loaded', async () => {
    const rig = await Rig.start({
      words: [],
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
    await rig.printed(/^greets with hello$/);
    const says = /^\S+ \[holdover\] (.*)$/gm;
    expect([...rig.output.matchAll(says)].map(([, line]) => line)).toEqual([
      'nodemon.json: watch, ext, ignore and env are read; delay is not read.',
      'Running src/server.js, as no entry is named.',
    ]);
    rig.app.write('src/ignored/page.html', '2');
    rig.app.write('src/views/page.html', '2');
    await rig.printed(/\[holdover\] src\/views\/page\.html$/);
    await rig.printed(/^greets with hello$/, 2);
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
    const rig = await Rig.start({ words: ['app'], files });
    await rig.printed(/^hello by tsx: true$/);
    rig.app.write('lib/index.ts', "export const greeting: string = 'welcome';");
    await rig.printed(/^welcome by tsx: true$/);
    const plain = await Rig.start({ words: ['plain'], files });
    await plain.printed(/^plain by tsx: false$/);
  });

  it('has the tsconfig that is named, and is restarted by a change of it', async () => {
    const toConfig = (folder: string): string =>
      JSON.stringify({ compilerOptions: { paths: { '#lib/*': [`./${folder}/*`] } } });
    const rig = await Rig.start({
      words: ['--tsconfig', 'config/dev.json', 'server.js'],
      files: {
        'config/dev.json': toConfig('one'),
        'config/one/name.ts': "export const name: string = 'one';",
        'config/two/name.ts': "export const name: string = 'two';",
        'server.js': `import { name } from '#lib/name'; console.log('name ' + name); ${FOR_EVER}`,
      },
    });
    await rig.printed(/^name one$/);
    rig.app.write('config/dev.json', toConfig('two'));
    await rig.printed(/^name two$/);
    await rig.printed(/\[holdover\] config\/dev\.json$/);
  });

  const { typescript } = process.features as { typescript?: string };
  it.runIf(typescript)('may be TypeScript that Node runs by itself, with a standby', async () => {
    const toCode = (version: string): string =>
      `const version: string = '${version}';\nmodule.exports = { version };\n`;
    let cli = '';
    const rig = await Rig.start({
      files: {
        'package.json': '{ "name": "stripped" }',
        'lib/version.ts': toCode('1'),
        'server.ts': `const http: any = require('node:http');
        const express: any = require('express');
        const session: any = require('express-session');
        const { version } = require('./lib/version.ts');
        const app: any = express();
        app.use(session({ secret: 'a secret', resave: false, saveUninitialized: true }));
        app.get('/', (req: any, res: any) => {
          req.session.views = (req.session.views ?? 0) + 1;
          res.json({ version, views: req.session.views as number });
        });
        const server: any = http.createServer(app);
        server.listen(process.env.PORT, () => console.log('listening on ' + server.address().port));\n`,
      },
      prepare: ({ folder }) => {
        for (const name of ['holdover', 'tsx']) rmSync(join(folder, 'node_modules', name));
        cli = copyPackage(folder); // beside which there is no tsx
      },
      tool: { ...HOLDOVER_WATCH, command: (words) => [cli, 'watch', ...words] },
      words: ['--verbose', 'server'],
      hasStandby: true,
    });
    await rig.listens();
    let { views } = await rig.answers<Answer>({ version: '1' });
    for (const version of ['2', '3']) {
      await rig.holds();
      await poll(() => childrenOf(rig.running.pid).length > 1);
      const save = (): void => rig.save('lib/version.ts', toCode(version));
      await rig.printsAfter(save, /\[holdover\] lib\/version\.ts/);
      const answer = await rig.answers<Answer>({ version });
      expect(answer.views).toBeGreaterThan(views);
      ({ views } = answer);
    }
    expect(rig.output).not.toMatch(/Warning|exited/);
  });
});

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { ask } from '../support/ask.ts';
import { childrenOf } from '../support/children.ts';
import { copyPackage } from '../support/copy-package.ts';
import { rows } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { HOLDOVER_WATCH } from '../support/tools.ts';

interface Answer {
  version: string;
  views: number;
}

const FOR_EVER = 'setInterval(() => {}, 1e6);';

/** The rows of the table of flags in the docs: a flag, and what it is here. */
const FLAGS = [
  ...readFileSync(join(import.meta.dirname, '../../docs/drop-in.md'), 'utf8').matchAll(
    /^\| (`.*`) +\| (.*?) *\|$/gm,
  ),
].flatMap(([, flags = '', here = '']) =>
  [...flags.matchAll(/`([^`]+)`/g)].map(([, flag = '']): [string, string] => [flag, here]),
);

const SAMPLES: Record<string, string> = { file: 'package.json', command: 'node', list: 'html' };

const ENTRIES = [
  { name: 'app', file: 'app.js' }, // as Node and tsx have it
  { name: 'app.ts', file: 'app.ts' },
  { name: './server', file: 'server.ts' },
  { name: 'both', file: 'both.js' },
  { name: 'both/', file: 'both/index.js' },
  { name: 'src', file: 'src/index.tsx' },
  { name: 'api', file: 'api/lib/main.ts' },
  { name: 'lib', file: 'lib/index.js' },
  { name: '.', file: 'lib/index.js' },
];

describe('the command line', () => {
  it('takes, or refuses, every flag in the docs as they say', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "x" }');
    const watch = async (...words: string[]): Promise<string> =>
      (await ask({ app, env: {}, redis: undefined }, ['watch', ...words])).stderr;
    for (const [flag, here] of FLAGS) {
      const words = flag.replace(/<(\w+)>/, (_, what: string) => SAMPLES[what] ?? 'x').split(' ');
      expect([flag, await watch(...words, 'none.js')]).toEqual([
        flag,
        here.startsWith('refused')
          ? expect.stringMatching(/ holdover watch does not take -.*\. [A-Z].*\.\n$/)
          : '[holdover] There is no file none.js. Name the entry of your server.\n',
      ]);
    }
    expect(FLAGS.length).toBeGreaterThan(50);
    for (const [words, sentence] of [
      [['--inculde=a'], 'no flag --inculde, neither of holdover nor of Node'],
      [['--inculde=a'], 'Did you mean --include?'],
      [['--env-fil=.env'], 'Did you mean --env-file?'],
      [['--exec'], '--exec needs a value.'],
      [['-x', 'python', 'a.js'], 'does not take --exec "python"'],
      [['--stack-size=2000', 'none.js'], 'There is no file none.js.'],
      [
        ['-r', 'ts-node/register', 'app.ts'],
        'compiles only files that are required, and app.ts is',
      ],
      [['-r', 'ts-node/register', 'app.ts'], 'tsx runs TypeScript (npm install -D tsx)'],
      [['--require=@babel/register', 'app.js'], 'Run babel src --out-dir dist --watch beside it'],
      [['empty'], 'The folder empty has no index'],
      [['--config', 'none.json'], 'There is no file none.json.'],
      [['--config', 'odd.json'], 'odd.json is not JSON.'],
    ] as const) {
      for (const [path, text] of Object.entries({ 'app.ts': '', 'app.js': '', 'empty/a': '' }))
        app.write(path, text);
      app.write('odd.json', '{ watch: ["src"] }');
      expect(await watch(...words)).toContain(sentence);
    }
  });

  it.each(rows(ENTRIES, 'app', 'both/', 'src', '.'))('finds the entry $name', async (row) => {
    const code = (file: string): string => `console.log('ran ${file}'); ${FOR_EVER}`;
    const files = Object.fromEntries(
      ['worker.mjs', ...ENTRIES.map(({ file }) => file)].map((file) => [file, code(file)]),
    );
    const rig = await Rig.start({
      words: ['--no-standby', row.name],
      files: {
        ...files,
        'api/package.json': '{ "main": "./lib/main" }',
        'lib/package.json': '{ "main": "gone.js" }',
        'package.json': '{ "name": "x", "main": "lib" }',
      },
    });
    await rig.printed(new RegExp(`^ran ${row.file}$`));
  });

  it('says which settings of nodemon are of no use', async () => {
    const odd = {
      watch: [1],
      ignore: { a: 1 },
      ext: '',
      env: { 'A=B': '1' },
      exec: 'npm run build && node dist',
      'e\u001B[31m': 1,
    };
    const manifest = JSON.stringify({ name: 'x', nodemonConfig: odd });
    const files = { 'package.json': manifest, 'index.js': `console.log('runs'); ${FOR_EVER}` };
    const rig = await Rig.start({ words: ['--no-standby'], files });
    await rig.printed(/^runs$/);
    expect(rig.output).toContain(
      'package.json/nodemonConfig: watch, ignore, ext, env, exec and e\u{FFFD}[31m are not read.',
    );
  });
});

describe('an app under holdover watch', () => {
  it('runs as nodemon ran it: no entry, nodemon.json behind what is typed, and a page that is not loaded', async () => {
    const rig = await Rig.start({
      words: ['-e', 'html,txt'],
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
        'src/views/page.txt': '1',
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
    rig.app.write('src/views/page.txt', '2');
    await rig.printed(/\[holdover\] src\/views\/page\.txt$/);
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

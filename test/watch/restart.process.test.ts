import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rows } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { countTold } from '../support/told.ts';
import { answersVersion, saveVersion, startPlain } from './plain.ts';

const STANDBYS = [
  { name: 'without a standby', hasStandby: false },
  { name: 'with a standby', hasStandby: true },
];

describe('a restart of holdover watch', () => {
  it('does not come for a touched file with the same content, and prints one line, also for a burst of saves', async () => {
    const rig = await startPlain();
    await answersVersion(rig);
    const { running } = rig;
    await rig.holds(); // by then it knows what the app has loaded
    saveVersion(rig, '1'); // only the time of the file changes
    rig.app.write('package.json', '{ "name": "changed", "type": "module" }');
    // Had the first save counted, the line would have named it, alone or with the other file.
    await running.printed(/package\.json {2}(\d+ requests? held · )?[\d,]+ ms/);
    expect(running.output).not.toContain('version.js');

    saveVersion(rig, '2');
    await answersVersion(rig, '2');
    // With the time, the file and the duration, and no colours into a pipe.
    await running.printed(
      /^\d\d:\d\d:\d\d \[holdover\] version\.js {2}(\d+ requests? held · )?[\d,]+ ms$/m,
    );
    expect(running.output).not.toContain('\u001B');

    const since = running.output.length;
    for (const version of ['3', '4', '5', '6']) saveVersion(rig, version);
    await answersVersion(rig, '6');
    await running.printed(/version\.js {2}(\d+ requests? held · )?[\d,]+ ms/, since);
    expect(running.outputSince(since).match(/version\.js/g)).toHaveLength(1);
  });

  it('comes for a file that was looked for and not found, and for one that was deleted, when it comes', async () => {
    const rig = await startPlain();
    await answersVersion(rig);
    saveVersion(rig, '2', "import './missing.js';\n");
    await rig.running.printed('exited with code 1');
    rig.app.write('missing.js', '');
    await answersVersion(rig, '2');
    saveVersion(rig, '3');
    await answersVersion(rig, '3'); // it is watched
    const { length } = rig.running.output;
    rmSync(join(rig.app.folder, 'version.js'));
    await rig.running.printed('exited with code 1', length);
    saveVersion(rig, '4');
    await answersVersion(rig, '4');
  });

  it('comes through tsx, too, for a module that was not found, when it comes', async () => {
    const rig = await startPlain({
      words: ['main.ts'],
      prepare: (app) => {
        app.write('main.ts', "import './server.js';\n");
      },
    });
    await answersVersion(rig);
    saveVersion(rig, '2', "import './missing.js';\n");
    await rig.running.printed('exited with code 1');
    rig.app.write('missing.ts', 'export {};');
    await answersVersion(rig, '2');
  });

  it.each(rows(STANDBYS, 'without a standby'))(
    'does not come for a file that is no longer imported: $name',
    async ({ hasStandby }) => {
      const rig = await startPlain({ hasStandby, files: { 'dropped.js': '' } });
      await answersVersion(rig);
      const { app, running } = rig;
      await rig.holds();
      saveVersion(rig, '2', "import './dropped.js';\n");
      await answersVersion(rig, '2');
      await running.printed(/ version\.js {2}/);
      app.write('dropped.js', '// changed');
      await running.printed(/ dropped\.js {2}/);
      // A start that fails drops nothing: here the file is what mends it.
      app.write('dropped.js', 'throw new Error();');
      await running.printed('exited with code 1');
      let since = running.output.length;
      app.write('dropped.js', '');
      await running.printed(/ dropped\.js {2}/, since);
      since = running.output.length;
      saveVersion(rig, '3');
      await answersVersion(rig, '3');
      await running.printed(/ version\.js {2}/, since);
      since = running.output.length;
      app.write('dropped.js', '// changed again');
      saveVersion(rig, '4');
      await answersVersion(rig, '4');
      await running.printed(/ version\.js {2}/, since);
      expect(running.outputSince(since)).not.toContain('dropped.js');
    },
  );

  it('comes for package.json and .env files, and for files of --include, not of --exclude', async () => {
    const include = ['--include', 'views/**/*.html', '--include', './texts'];
    const words = [...include, '--exclude', 'views/draft.html', 'server.js'];
    const rig = await startPlain({
      words,
      prepare: (app) => {
        app.write('views/page.html', 'one');
        app.write('texts/en/greeting.txt', 'one');
      },
    });
    const { app, running } = rig;
    await answersVersion(rig);
    const counts = ['package.json', '.env.local', 'tsconfig.json', 'views/page.html'];
    counts.push('views/deep/new.html', 'texts/en/greeting.txt');
    for (const path of ['views/draft.html', 'README.md', ...counts]) {
      app.write(path, `{ "name": "changed", "type": "module" }\n`);
    }
    await poll(() => countTold(running.output).files >= counts.length);
    // Had anything else counted, it would be told of before this is.
    saveVersion(rig, '2');
    await running.printed(/version\.js {2}/);
    expect(countTold(running.output).files).toBe(counts.length + 1);
    expect(rig.running.output).not.toMatch(/draft|README/);
  });

  it('comes when Enter is pressed, and goes on after a crash and after the app has ended by itself', async () => {
    const rig = await startPlain();
    const { running } = rig;
    const { pid } = await answersVersion(rig);
    running.type('\n');
    await poll(async () => {
      const answer = await rig.browser.json<{ pid: number }>('/');
      return answer && answer.pid !== pid;
    });
    saveVersion(rig, '2', "throw new Error('a mistake');\n");
    await running.printed('a mistake');
    await running.printed('exited with code 1; waiting for a change, or Enter.');
    saveVersion(rig, '3');
    await answersVersion(rig, '3');
    saveVersion(rig, '4', 'process.exit(0);\n');
    await running.printed('The app has ended; waiting for a change, or Enter.');
    saveVersion(rig, '5');
    await answersVersion(rig, '5');
  });
});

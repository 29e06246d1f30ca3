import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { poll } from '../support/poll.ts';
import { countTold } from '../support/told.ts';
import { untilHeld } from '../support/watched.ts';
import { Watching } from '../support/watching.ts';

describe('a restart of holdover watch', () => {
  it('does not come for a touched file with the same content, and prints one line, also for a burst of saves', async () => {
    const watching = await Watching.begin();
    await watching.answers();
    const { running } = watching;
    await untilHeld(running.pid, watching.app.port); // by then it knows what the app has loaded
    watching.save('1'); // only the time of the file changes
    watching.app.write('package.json', '{ "name": "changed", "type": "module" }');
    // Had the first save counted, the line would have named it, alone or with the other file.
    await running.printed(/package\.json {2}(\d+ requests? held · )?[\d,]+ ms/);
    expect(running.output).not.toContain('version.js');

    watching.save('2');
    await watching.answers('2');
    // With the time, the file and the duration, and no colours into a pipe.
    await running.printed(
      /^\d\d:\d\d:\d\d \[holdover\] version\.js {2}(\d+ requests? held · )?[\d,]+ ms$/m,
    );
    expect(running.output).not.toContain('\u001B');

    const since = running.output.length;
    for (const version of ['3', '4', '5', '6']) watching.save(version);
    await watching.answers('6');
    await running.printed(/version\.js {2}(\d+ requests? held · )?[\d,]+ ms/, since);
    expect(running.outputSince(since).match(/version\.js/g)).toHaveLength(1);
  });

  it('comes for a file that was looked for and not found, and for one that was deleted, when it comes', async () => {
    const watching = await Watching.begin();
    await watching.answers();
    watching.save('2', "import './missing.js';\n");
    await watching.running.printed('exited with code 1');
    watching.app.write('missing.js', '');
    await watching.answers('2');
    watching.save('3');
    await watching.answers('3'); // it is watched
    const { length } = watching.running.output;
    rmSync(join(watching.app.folder, 'version.js'));
    await watching.running.printed('exited with code 1', length);
    watching.save('4');
    await watching.answers('4');
  });

  it('comes through tsx, too, for a module that was not found, when it comes', async () => {
    const watching = await Watching.begin(['main.ts'], (app) => {
      app.write('main.ts', "import './server.js';\n");
    });
    await watching.answers();
    watching.save('2', "import './missing.js';\n");
    await watching.running.printed('exited with code 1');
    watching.app.write('missing.ts', 'export {};');
    await watching.answers('2');
  });

  it.each([{ words: ['server.js'] }, { words: ['--no-standby', 'server.js'] }])(
    'does not come for a file that is no longer imported: $words',
    async ({ words }) => {
      const watching = await Watching.begin(words, (app) => {
        app.write('dropped.js', '');
      });
      await watching.answers();
      const { app, running } = watching;
      await untilHeld(running.pid, app.port);
      watching.save('2', "import './dropped.js';\n");
      await watching.answers('2');
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
      watching.save('3');
      await watching.answers('3');
      await running.printed(/ version\.js {2}/, since);
      since = running.output.length;
      app.write('dropped.js', '// changed again');
      watching.save('4');
      await watching.answers('4');
      await running.printed(/ version\.js {2}/, since);
      expect(running.outputSince(since)).not.toContain('dropped.js');
    },
  );

  it('comes for package.json and .env files, and for files of --include, not of --exclude', async () => {
    const include = ['--include', 'views/**/*.html', '--include', './texts'];
    const words = [...include, '--exclude', 'views/draft.html', 'server.js'];
    const watching = await Watching.begin(words, (app) => {
      app.write('views/page.html', 'one');
      app.write('texts/en/greeting.txt', 'one');
    });
    const { app, running } = watching;
    await watching.answers();
    const counts = ['package.json', '.env.local', 'tsconfig.json', 'views/page.html'];
    counts.push('views/deep/new.html', 'texts/en/greeting.txt');
    for (const path of ['views/draft.html', 'README.md', ...counts]) {
      app.write(path, `{ "name": "changed", "type": "module" }\n`);
    }
    await poll(() => countTold(running.output).files >= counts.length);
    // Had anything else counted, it would be told of before this is.
    watching.save('2');
    await running.printed(/version\.js {2}/);
    expect(countTold(running.output).files).toBe(counts.length + 1);
    expect(watching.running.output).not.toMatch(/draft|README/);
  });

  it('comes when Enter is pressed, and goes on after a crash and after the app has ended by itself', async () => {
    const watching = await Watching.begin();
    const { running } = watching;
    const { pid } = await watching.answers();
    running.type('\n');
    await poll(async () => {
      const answer = await watching.browser.json<{ pid: number }>('/');
      return answer && answer.pid !== pid;
    });
    watching.save('2', "throw new Error('a mistake');\n");
    await running.printed('a mistake');
    await running.printed('exited with code 1; sessions are safe; waiting for a change.');
    watching.save('3');
    await watching.answers('3');
    watching.save('4', 'process.exit(0);\n');
    await running.printed('The app has ended; waiting for a change.');
    watching.save('5');
    await watching.answers('5');
  });
});

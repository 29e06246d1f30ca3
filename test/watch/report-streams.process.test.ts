import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI } from '../support/tools.ts';
import { createApp, type App } from '../support/app.ts';
import { poll } from '../support/poll.ts';
import { start, type Running } from '../support/running.ts';
import { hasTerminals } from '../support/terminal.ts';

/** What the supervisor says of an entry that is not named, and what the app's process says, on stderr. */
const OF_SUPERVISOR = 'Running index.js, as no entry is named.';
const OF_APP = 'Created session directory';
const COLORED = '\u001B[36m[holdover]\u001B[39m';

/** The environment of somebody who has said nothing about colours. */
const COLORS = { NO_COLOR: undefined, FORCE_COLOR: undefined, CI: undefined, TERM: 'xterm' };

async function createSaying(): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "saying" }');
  app.write(
    'index.js',
    `require('express')()
      .use(require('express-session')({ secret: 's', resave: false, saveUninitialized: false }))
      .listen(Number(process.env.PORT), () => console.log('listening'));`,
  );
  return app;
}

/** Runs it as a shell would, in a terminal or not. */
function run(app: App, redirections: string, isTerminal: boolean): Running {
  const command = `exec '${process.execPath}' '${CLI}' watch --no-standby ${redirections}`;
  const options = { cwd: app.folder, env: { PORT: String(app.port), ...COLORS } };
  return isTerminal
    ? start('script', ['-qefc', command, '/dev/null'], options)
    : start('sh', ['-c', command], options);
}

/** Waits until a file of the app has a text in it. */
async function written(app: App, path: string, text: string): Promise<string> {
  const isThere = (): boolean => existsSync(join(app.folder, path));
  return poll(() => (isThere() && app.read(path).includes(text) ? app.read(path) : undefined));
}

describe('what holdover says', () => {
  it('is on stderr where stdout is no terminal, without colours', async () => {
    const app = await createSaying();
    const running = run(app, '< /dev/null > out', false);
    await running.printed(OF_SUPERVISOR);
    await running.printed(OF_APP);
    expect(await written(app, 'out', 'listening')).toBe('listening\n');
    expect(running.output).not.toContain('\u001B');
  });

  it.runIf(hasTerminals)('is on a terminal, in the colours of that', async () => {
    const apps = [await createSaying(), await createSaying()] as const;
    const [onStdout, onStderr] = [run(apps[0], '2> errors', true), run(apps[1], '> out', true)];
    await onStdout.printed(`${COLORED} ${OF_SUPERVISOR}`);
    await onStderr.printed(`${COLORED} ${OF_SUPERVISOR}`);
    expect(await written(apps[0], 'errors', OF_APP)).not.toContain('\u001B');
    await onStderr.printed(`${COLORED} ${OF_APP}`);
    expect(await written(apps[1], 'out', 'listening')).toBe('listening\n');
  });
});

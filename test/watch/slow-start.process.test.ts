import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { childrenOf } from '../support/children.ts';
import { poll } from '../support/poll.ts';
import { killGroup, start } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

/** An app that waits for something before it has its sessions, as others do for a database. */
const PATIENT = `
  import { existsSync } from 'node:fs';
  import { setTimeout as delay } from 'node:timers/promises';
  while (!existsSync('database')) await delay(10);
  await import('./express.js');`;

it('says what an app has held over that takes longer to listen than most', async () => {
  const app = await createApp('logins');
  app.write('main.js', PATIENT);
  app.write('database', '');
  const browser = new Browser(app.url);
  const run = () =>
    start(process.execPath, [CLI, 'watch', 'main.js'], {
      cwd: app.folder,
      env: { PORT: String(app.port) },
    });
  const first = run();
  const login = await poll(() => browser.json('/login?user=ada', { method: 'POST' }));
  expect(login).toEqual({ user: 'ada' });
  killGroup(first.pid);
  await first.exited;

  rmSync(join(app.folder, 'database'));
  const second = run();
  // It is taken for an app that never listens, and the next process is made.
  await poll(() => childrenOf(second.pid).length === 2);
  app.write('database', '');
  await second.printed(/\[holdover\] 1 login held over from \.holdover/m);
  expect(await poll(() => browser.json('/me'))).toMatchObject({ user: 'ada' });
  expect(second.output.match(/held over/g)).toHaveLength(1);
});

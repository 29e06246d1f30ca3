import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { linkPackage } from '../support/packages.ts';
import { start, type Running } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

it('better-auth keeps its sessions, its mailed links and its limits over kill -9', async () => {
  const app = await createApp('better-auth');
  linkPackage(app, 'better-auth');
  const options = { cwd: app.folder, env: { PORT: String(app.port) } };
  const run = async (): Promise<Running> => {
    const running = start(process.execPath, ['server.js'], options);
    await running.printed('listening');
    return running;
  };
  const browser = new Browser(app.url);
  const call = (path: string, body: object): Promise<Response> =>
    browser.request(`/api/auth${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: app.url },
    });
  const person = { email: 'ada@example.com', password: 'a password' };
  const signIn = async (): Promise<number> => (await call('/sign-in/email', person)).status;

  let running = await run();
  await browser.request('/login?user=ada', { method: 'POST' });
  expect([await signIn(), await signIn()]).toEqual([200, 200]);
  await call('/request-password-reset', { email: person.email });
  await running.printed(/mail: (\S+)\n/);
  const [, token] = /mail: (\S+)\n/.exec(running.output) ?? [];

  running.kill('SIGKILL');
  await running.exited;
  running = await run();
  expect(await browser.json('/me')).toMatchObject({ user: 'ada' });
  const reset = { token, newPassword: 'another password' };
  const answers = await Promise.all([
    call('/reset-password', reset),
    call('/reset-password', reset),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  expect([await signIn(), await signIn()]).toEqual([401, 429]);

  const ls = start(process.execPath, [CLI, 'ls'], options);
  await ls.exited;
  expect(ls.output).toContain('ada@example.com');
});

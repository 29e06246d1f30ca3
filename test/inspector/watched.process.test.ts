import { expect, it } from 'vitest';
import type {
  Crash,
  Opened,
  OpenedAs,
  Overview,
  Restart,
  Restarts,
  SessionRow,
  Rows,
} from '../../src/inspector/answers.ts';
import { Browser } from '../support/browser.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { Ui } from './ui.ts';

it('asks the app that runs: its restarts, its cookies, and why it has crashed', async () => {
  const watched = await Rig.start({ needsPort: true, fixture: 'logins', words: ['express.js'] });
  const ada = new Browser(watched.url);
  await poll(async () => (await ada.json('/login?user=ada', { method: 'POST' })) !== undefined);
  await new Browser(watched.url).json('/login?user=eve', { method: 'POST' });
  const ui = await Ui.begin({ app: watched.app, env: {} });
  const look = async (): Promise<Overview> => (await ui.get<Overview>('overview')).body;

  await poll(async () => {
    const { canOpen, sessions } = await look();
    return canOpen && sessions === 2;
  });
  const { apps, ...overview } = await look();
  expect(apps).toEqual([
    {
      pid: watched.running.pid,
      name: expect.stringContaining('express.js') as string,
      isRunning: true,
      url: expect.stringContaining(String(watched.port)) as string,
    },
  ]);
  expect(overview).toMatchObject({ host: 'watch', sessions: 2, clients: 0, canOpen: true });

  await openAs(ui, watched, ada);
  await restart(ui, watched, ada);
  await crash(ui, watched);
  expect(await look()).toMatchObject({ canOpen: false });
});

async function openAs(ui: Ui, watched: Rig, ada: Browser): Promise<void> {
  const [{ key } = {} as SessionRow] = (await ui.get<Rows>('sessions?filter=ada')).body.rows;
  const opened = await ui.get<Opened>(`sessions/${key}`);
  expect(opened.body.cookie).toBe('connect.sid');
  const copied = await ui.post(`sessions/${key}/cookie`);
  expect(copied.body).toEqual({ header: `connect.sid=${ada.cookie('connect.sid')}` });
  expect(copied.cookies).toEqual([]);

  const { body, cookies } = await ui.post<OpenedAs>(`sessions/${key}/open`);
  expect(body.url).toBe(`http://localhost:${watched.port}/`);
  expect(cookies).toEqual([expect.stringMatching(/^connect\.sid=s%3A[^;]+; .*HttpOnly/)]);
  const cookie = String(cookies[0]?.split(';')[0]);
  const me = await fetch(new URL('/me', body.url), { headers: { cookie } });
  expect(await me.json()).toMatchObject({ user: 'ada' });

  expect((await ui.post(`sessions/${key}/edit`, { path: ['user'], value: 'bob' })).status).toBe(
    200,
  );
  expect(await ada.json('/me')).toMatchObject({ user: 'bob' });
}

async function restart(ui: Ui, watched: Rig, ada: Browser): Promise<void> {
  const heard = await ui.hear();
  await poll(() => heard().includes('event: state')); // the last of those with which it begins
  const before = heard().length;
  await watched.holds();
  watched.app.write('version.js', "export const version = '2';");
  await poll(async () => (await ada.json<{ version: string }>('/me'))?.version === '2');
  await poll(() => heard().slice(before).includes('event: restarts'));
  const last = await poll(async () => (await restartsSince(ui, 0)).at(-1));
  expect(last).toMatchObject({ paths: ['version.js'], kind: 'restart', sessions: 2, crash: null });
  expect(last.phases.every(([name, took]) => name !== '' && took >= 0)).toBe(true);
  expect(await restartsSince(ui, last.number)).toEqual([]);
  const { status, body } = await ui.get(`restarts/${last.number}/crash`);
  expect([status, body.error]).toEqual([404, 'Nothing is known of that crash any more.']);
}

async function crash(ui: Ui, watched: Rig): Promise<void> {
  const { number } = (await restartsSince(ui, 0)).at(-1) as Restart;
  watched.app.write(
    'version.js',
    "export const version = '3';\nthrow new Error('a mistake on purpose');",
  );
  const [crashed] = await poll(async () => {
    const restarts = await restartsSince(ui, number);
    return restarts.length > 0 ? restarts : undefined;
  });
  expect(crashed).toMatchObject({ kind: 'crash', crash: 'The app exited with code 1' });
  const { body } = await ui.get<Crash>(`restarts/${crashed?.number}/crash`);
  expect(body).toMatchObject({
    title: 'The app exited with code 1',
    error: { name: 'Error', message: 'a mistake on purpose' },
    changed: ['version.js'],
  });
  expect(body.excerpt?.lines.some(({ text }) => text.includes('on purpose'))).toBe(true);
}

async function restartsSince(ui: Ui, number: number): Promise<Restart[]> {
  return (await ui.get<Restarts>(`restarts?since=${number}`)).body.restarts;
}

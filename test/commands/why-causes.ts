import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask, fill } from '../support/ask.ts';
import { Browser } from '../support/browser.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';

export const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;

/** Routes that end a session in other ways than a logout does. */
const ROUTES = `
  app.post('/login-for-a-moment', (req, res) => {
    req.session.user = 'ada';
    req.session.cookie.maxAge = 1500;
    res.json({ id: req.sessionID });
  });
  app.post('/password-reset/confirm-new-password/:token', (req, res) => {
    req.session.destroy(() => res.json({}));
  });`;

/** A project, and an app of it that runs. */
export interface Case {
  project: CareProject;
  app: CareApp;
}

export async function beginCase(type: 'filesystem' | 'redis'): Promise<Case> {
  const project = await CareProject.begin(type);
  return { project, app: await CareApp.start(project, toExpressApp('', ROUTES)) };
}

/** Logs in, and returns the id of the session. */
export async function logIn({ running }: CareApp, browser: Browser, path = '/login') {
  const answer = await browser.json<{ id: string }>(path, { method: 'POST' });
  if (!answer) throw new Error(`There is no login. The app has printed:\n${running.output}`);
  return answer.id;
}

/** Asks `holdover why` until it answers this, in one sentence. */
export async function answers(
  project: CareProject,
  text: RegExp,
  ...words: string[]
): Promise<string> {
  let last = '';
  const isAnswered = async (): Promise<boolean> => {
    // An id may begin with a dash.
    const { stdout, stderr } = await ask(project, [
      'why',
      ...(words.length > 0 ? ['--', ...words] : []),
    ]);
    last = stdout + stderr;
    return text.test(last);
  };
  await poll(isAnswered, { every: 50 }).catch((cause: Error) => {
    throw new Error(`${text} was not answered, but: ${last}`, { cause });
  });
  expect(last).toMatch(/^.+\n$/);
  return last;
}

/** The files of the history. */
export function historyOf({ env }: CareProject): { text: string; modes: number[] } {
  const folder = join(String(env.XDG_STATE_HOME), 'holdover', 'history');
  if (!existsSync(folder)) return { text: '', modes: [] };
  const paths = readdirSync(folder).map((name) => join(folder, name));
  return {
    text: paths.map((path) => readFileSync(path, 'utf8')).join(''),
    modes: paths.map((path) => statSync(path).mode & 0o777),
  };
}

/** Returns how often the history says that a session was stored. */
export function countStored(project: CareProject): number {
  return historyOf(project).text.split('"stored"').length - 1;
}

/** The end of a session by a request of the app. */
export function describeDestroyed(toCase: () => Case): void {
  it('says that the app has destroyed it, by which request, and once', async () => {
    const { project, app } = toCase();
    const browser = new Browser(project.app.url);
    const id = await logIn(app, browser);
    const cookie = browser.cookie('connect.sid') ?? '';
    const kept = browser.clone();
    expect(await kept.json('/me')).toEqual({ user: 'ada' });
    const { length } = app.running.output;
    await browser.text('/organizer/logout?token=hidden', { method: 'POST' });
    const text = new RegExp(
      `^The session was destroyed by \`POST /organizer/logout\` at ${TIME}\\.`,
    );
    await answers(project, text, id);
    expect(await kept.json('/me')).toEqual({});
    await answers(project, text);
    await new Browser(project.app.url).text('/me'); // a visitor has missed nothing
    await answers(project, text);
    expect(await project.run(['why', '--', id])).toMatchObject({
      stdout: expect.stringMatching(text),
      code: 0, // and it ends, whatever was opened
    });
    await answers(project, text, cookie);
    await answers(project, text, `connect.sid=${cookie}`);
    const said = /\[holdover\] The session was destroyed by `POST \/organizer\/logout`/;
    await app.running.printed(said, length);
    const { text: history, modes } = historyOf(project);
    expect(history).not.toContain(id.slice(0, 12));
    expect(history).not.toContain('hidden');
    if (process.platform !== 'win32') expect(modes.every((mode) => mode === 0o600)).toBe(true);
  });
}

/** The other ends of a session that are seen in the place where it was. */
export function describeOtherEnds(toCase: () => Case): void {
  it('says that it has expired, and when', async () => {
    const { project, app } = toCase();
    const browser = new Browser(project.app.url);
    const id = await logIn(app, browser, '/login-for-a-moment');
    const kept = browser.clone();
    await answers(project, new RegExp(`^The session expired at ${TIME}\\.`), id);
    expect(await kept.json('/me')).toEqual({});
    await answers(project, new RegExp(`^The session expired at ${TIME}\\.`));
    await app.running.printed(/\[holdover\] The session expired at/);
  });

  it('says that all sessions were cleared', async () => {
    const { project, app } = toCase();
    const before = countStored(project);
    const id = await logIn(app, new Browser(project.app.url));
    await poll(() => countStored(project) > before);
    await ask(project, ['clear', '--yes']);
    const text = `^All sessions were cleared by \`holdover clear\` at ${TIME}\\.`;
    await answers(project, new RegExp(text), id);
    const again = await logIn(app, new Browser(project.app.url));
    await poll(() => countStored(project) > before + 1);
    await ask(project, ['clear', '--user', 'ada', '--yes']);
    const own = `^The session was destroyed by \`holdover clear\` at ${TIME}\\.`;
    await answers(project, new RegExp(own), again);
  });

  it('says that an id was never seen, and that a record was removed by others', async () => {
    const { project, app } = toCase();
    const browser = new Browser(project.app.url);
    const before = countStored(project);
    const id = await logIn(app, browser);
    await answers(project, /^No session with that id was ever stored here\./, 'an-id-of-nobody');
    await poll(() => countStored(project) > before);
    const cleared = historyOf(project).text.split('"cleared"').length;
    // The clearing of another store is not that of this one.
    await fill(
      project,
      'await store.set("b", {}); await store.clear(); await store.set("c", {});',
      'other',
    );
    expect((await ask(project, ['clear', '--namespace', 'other', '--yes'])).code).toBe(0);
    await poll(() => historyOf(project).text.split('"cleared"').length === cleared + 2);
    if (project.redis) project.redis.cli('FLUSHDB');
    else rmSync(join(project.app.folder, '.holdover', 'sessions'), { recursive: true });
    expect(await browser.clone().json('/me')).toEqual({});
    const text = `^The record of the session, stored at ${TIME}, was gone at ${TIME}: something else`;
    await answers(project, new RegExp(text));
    await answers(project, new RegExp(text), id);
  });
}

import { parseSetCookie, type SetCookie } from 'cookie';
import { describe, expect, it } from 'vitest';
import { ask, findRunningApps, type RunningApp } from '../../../src/asking/ask.ts';
import type { CookieText } from '../../../src/asking/questions.ts';
import type { Restart } from '../../../src/asking/restart.ts';
import { listSessions, type SessionFacts } from '../../../src/care/sessions.ts';
import { findFreePort } from '../../support/app.ts';
import { linkPackage } from '../../support/packages.ts';
import { poll } from '../../support/poll.ts';
import { Rig } from '../../support/rig.ts';

/** The servers of the app, in the order of their ports. */
const KINDS = [
  'express-session',
  'memorystore',
  'createStore of holdover/express',
  '@fastify/session',
  'hono-sessions',
  'hono-sessions with a key',
] as const;

interface Login {
  kind: (typeof KINDS)[number];
  port: number;
  /** As the server has set it. */
  setCookie: string[];
}

async function login(kind: Login['kind'], port: number): Promise<Login> {
  const response = await fetch(`http://localhost:${port}/login?user=${encodeURIComponent(kind)}`, {
    method: 'POST',
  });
  await response.text();
  return { kind, port, setCookie: response.headers.getSetCookie() };
}

async function me(port: number, cookie: string): Promise<{ user?: string; version?: string }> {
  const response = await fetch(`http://localhost:${port}/me`, { headers: { cookie } });
  return (await response.json()) as { user?: string };
}

/**
 * Without the time at which it ends: that is as long after the answer. The newest @fastify/cookie encodes what must
 * be, and those before it all that may be.
 */
function toComparable(line: string, kind: string): Omit<SetCookie, 'expires'> & { ends: boolean } {
  const isDecoded = kind === '@fastify/session';
  const { expires, ...others } = parseSetCookie(line, isDecoded ? {} : { decode: (text) => text });
  return { ...others, ends: expires !== undefined };
}

describe('the cookie of a session, from the app that runs', () => {
  it('logs a browser in, for each framework, and is what the app itself has set', async () => {
    const ports: number[] = [];
    for (const _ of KINDS) ports.push(await findFreePort());
    const rig = await Rig.start({
      needsPort: true,
      fixture: 'many-frameworks',
      env: { PORTS: ports.join(',') },
      prepare(app) {
        for (const name of ['memorystore', 'hono', 'hono-sessions', '@hono/node-server'])
          linkPackage(app, name);
      },
    });
    const { folder } = rig.app;
    await rig.printed(/^listening/);
    const logins = await Promise.all(
      KINDS.map((kind, index) => login(kind, ports[index] as number)),
    );
    const sessions: SessionFacts[] = [];
    for await (const session of listSessions({ root: folder })) sessions.push(session);
    const find = (kind: string): SessionFacts | undefined =>
      sessions.find(({ data }) => JSON.stringify(data).includes(`"${kind}"`));
    const askCookie = async (session: { namespace?: string | undefined; id: string }) => {
      const [app] = findRunningApps(folder);
      const question = `cookie ${JSON.stringify({ namespace: session.namespace, id: session.id })}`;
      if (!app) throw new Error('No app is found.');
      return ((await ask(app, question)) as { cookie: CookieText | null }).cookie;
    };

    const check = async ({ kind, port, setCookie }: Login, version: string): Promise<void> => {
      const session = find(kind);
      if (!session) throw new Error(`${kind} has no session.`);
      const cookie = await askCookie(session);
      if (kind === 'hono-sessions with a key') return expect(cookie, kind).toBeNull();
      const toAll = (lines: string[] = []): object[] =>
        lines.map((line) => toComparable(line, kind));
      expect(toAll(cookie?.setCookie), kind).toEqual(toAll(setCookie));
      expect(await me(port, cookie?.header ?? ''), kind).toEqual({ user: kind, version });
      const withoutEnd = cookie?.header.slice(0, -1) ?? '';
      // A plain id is not signed: it is another one then.
      expect((await me(port, withoutEnd)).user ?? undefined, `${kind}, torn`).toBeUndefined();
    };
    for (const one of logins) await check(one, '1');

    rig.app.write('version.js', "export const version = '2';\n");
    const isSaved = (): Promise<boolean> =>
      me(ports[0] as number, '').then(
        ({ version }) => version === '2',
        () => false,
      );
    await poll(isSaved);
    for (const one of logins) await check(one, '2');

    const [app] = findRunningApps(folder);
    const { restarts } = (await ask(app as RunningApp, 'restarts 0')) as { restarts: Restart[] };
    const [, users, visitors = 0] =
      /(\d+) logins(?: and (\d+) visitors?)? held over/.exec(rig.running.output) ?? [];
    expect(restarts.map(({ sessions: count }) => count)).toEqual([
      Number(users) + Number(visitors),
    ]);

    const [session] = sessions;
    if (!session) throw new Error('There is no session.');
    expect(await askCookie({ ...session, id: 'of nobody' })).toBeNull();
    expect(await askCookie({ ...session, namespace: 'of-no-store' })).toBeNull();
    expect(rig.running.output).not.toContain(session.id);
  });
});

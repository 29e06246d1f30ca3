import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Checks, Opened, Overview, SessionRow, Rows } from '../../src/inspector/answers.ts';
import { CareProject } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';
import { Ui } from './ui.ts';

const ADA = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const BOB = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';
const EVE = 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee';
const SECRETS = /a{17}|b{17}|e{17}|hidden/;

const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

const HOUR = 3_600_000;
const LOGINS = `
  await store.set('${ADA}', { user: 'ada', pin: 'hidden-pin', cart: [{ title: 'tea', count: 1 }], link: 'to ${ADA}', ['by ${ADA}']: 'seen' }, ${HOUR});
  await store.set('${BOB}', { user: { email: 'bob@x.org', password: 'hidden' } }, ${2 * HOUR});`;

/** As the server of an MCP client keeps it, of which `_meta` is nobody's business. */
const CLIENT = `
  await store.set('cccccccccccccccccccccccccccccccc', { path: '/mcp', handshake: { initialize: { params: { clientInfo: { name: 'client' }, _meta: { x: 'hidden' } } } } }, ${4 * HOUR});`;

describe('the API of the inspector', () => {
  it('tells of the sessions of a project, and changes them', async () => {
    const project = await CareProject.begin('filesystem');
    await project.on(LOGINS);
    await project.on(`await store.set('${EVE}', { user: 'eve' }, ${3 * HOUR})`, 'other');
    await project.on(CLIENT, 'mcp-clients');
    const ui = await Ui.begin(project);
    const keyOf = async (who: string): Promise<string> => {
      const { rows } = (await ui.get<Rows>(`sessions?filter=${who}`)).body;
      return (rows[0] as SessionRow).key;
    };

    await overview(ui);
    await list(ui);
    await show(ui, await keyOf('ada'));
    await client(ui, await keyOf('mcp-clients'));
    await refuse(ui, await keyOf('ada'));
    await edit(ui, project, await keyOf('ada'));
    await end(ui, project, await keyOf('bob'), await keyOf('ada'));
    await others(ui);

    ui.running.kill('SIGINT');
    expect(await ui.running.exited).toEqual({ code: 0, signal: null });
    expect(ui.running.output).not.toMatch(SECRETS);
  });

  it('says why it cannot be had, or shows nothing', async () => {
    const project = await CareProject.begin('filesystem');
    project.env.SESSION_TYPE = 'memory';
    const ui = await Ui.begin(project, ['--json']);
    expect(JSON.parse(ui.running.output.split('\n')[0] ?? '')).toEqual({
      address: ui.address.href,
    });
    const { status, body } = await ui.get('sessions');
    expect([status, body.error]).toEqual([500, expect.stringMatching(/^Sessions in memory .*\.$/)]);
    const { body: seen } = await ui.get<Overview>('overview');
    expect(seen).toMatchObject({ place: 'memory', sessions: 0, clients: 0 });

    const { port } = ui.address;
    for (const [words, env, sentence] of [
      [['--port', port], {}, `Port ${port} is taken. Name another one.`],
      [['--port', 'x'], {}, 'There is no port x. Name one from 1 to 65535: --port 4000'],
      [['--port', '65536'], {}, 'There is no port 65536. Name one from 1 to 65535: --port 4000'],
      [
        [],
        { NODE_ENV: 'production' },
        'NODE_ENV is production, and the page shows and changes every session: it is for development only.',
      ],
    ] as const) {
      const ended = await project.run(['ui', ...words], env);
      expect(ended).toEqual({ code: 1, stdout: '', stderr: `[holdover] ${sentence}\n` });
    }
    // Whoever had the other address of the port would be sent the token.
    for (const host of ['127.0.0.1', '[::1]']) {
      if (host === '[::1]' && !HAS_IPV6) continue;
      expect((await fetch(`http://${host}:${port}/__holdover/`)).status, host).toBe(403);
    }
  });
});

async function overview(ui: Ui): Promise<void> {
  const { status, body } = await ui.get<Overview>('overview');
  expect(status).toBe(200);
  expect(body).toEqual({
    project: 'project',
    place: expect.stringMatching(/sessions$/) as string,
    apps: [],
    host: null,
    sessions: 3,
    clients: 1,
    canOpen: false,
  });
}

async function list(ui: Ui): Promise<void> {
  const all = (await ui.get<Rows>('sessions')).body;
  expect(all).toMatchObject({ matching: 4, total: 4, clients: 1 });
  expect(JSON.stringify(all)).not.toMatch(SECRETS);
  const who = async (query: string): Promise<(string | null)[]> =>
    (await ui.get<Rows>(`sessions?${query}`)).body.rows.map((row) => row.who);
  expect(await who('sort=expires&order=asc')).toEqual(['ada', 'bob@x.org', 'eve', null]);
  expect(await who('sort=expires&order=desc&from=2&count=1')).toEqual(['bob@x.org']);
  expect(await who('filter=OTHER')).toEqual(['eve']);
  expect(await who('filter=nobody')).toEqual([]);
  const [ada] = (await ui.get<Rows>('sessions?filter=ada')).body.rows;
  expect(ada).toMatchObject({ id: 'aaaaaa…', namespace: 'default', isClient: false });
  expect(ada?.key).not.toContain('aaa');
  expect((ada?.expires ?? 0) - Date.now()).toBeLessThanOrEqual(HOUR);
  for (const [query, sentence] of [
    [
      'sort=data',
      'Send one of these as sort: who, id, created, lastSeen, expires, size, namespace.',
    ],
    ['order=up', 'Send one of these as order: asc, desc.'],
    ['from=-1', 'Send a whole number as from.'],
    ['count=many', 'Send a whole number as count.'],
  ]) {
    const { status, body } = await ui.get(`sessions?${query}`);
    expect([status, body.error]).toEqual([400, sentence]);
  }
}

async function show(ui: Ui, key: string): Promise<void> {
  const { body } = await ui.get<Opened>(`sessions/${key}`);
  expect(body).toMatchObject({ key, who: 'ada', id: 'aaaaaa…', cookie: null });
  expect(body.data).toEqual({
    user: 'ada',
    pin: null,
    cart: [{ title: 'tea', count: 1 }],
    link: null,
    '••••••': 'seen',
  });
  expect(body.masked).toEqual([['pin'], ['link']]);
  expect(body.events[0]).toEqual({
    at: expect.any(Number) as number,
    sentence: expect.any(String) as string,
  });
  expect(JSON.stringify(body)).not.toMatch(SECRETS);
  const reveal = async (path: unknown): Promise<unknown> => {
    const { status, body: revealed } = await ui.post<object>(`sessions/${key}/reveal`, { path });
    return status === 200 ? revealed : [status, revealed.error];
  };
  expect(await reveal(['pin'])).toEqual({ value: 'hidden-pin' });
  expect(await reveal(['link'])).toEqual({ value: `to ${ADA}` });
  expect(await reveal(['••••••'])).toEqual({ value: 'seen' });
  expect(await reveal(['cart', '0', 'count'])).toEqual({ value: 1 });
  const gone = [404, 'Nothing stands there any more.'];
  for (const path of [['nothing'], ['pin', '0', 'x'], ['constructor'], ['__proto__', 'toString']])
    expect(await reveal(path)).toEqual(gone);
  for (const path of [[], 'pin', [1], undefined, { length: 1 }, Array(201).fill('x')])
    expect(await reveal(path)).toEqual([400, expect.stringMatching(/^Send a path: /)]);
}

async function client(ui: Ui, key: string): Promise<void> {
  const { body } = await ui.get<Opened>(`sessions/${key}`);
  expect(body).toMatchObject({ isClient: true, who: null, cookie: null });
  const meta = ['handshake', 'initialize', 'params', '_meta'];
  expect(body.masked).toEqual([meta]);
  expect(JSON.stringify(body.data)).not.toContain('hidden');
  const revealed = await ui.post(`sessions/${key}/reveal`, { path: meta });
  expect(revealed.body).toEqual({ value: { x: 'hidden' } });
  const edited = await ui.post(`sessions/${key}/edit`, { path: ['path'], value: '/' });
  expect(edited.body.error).toMatch(/^\S.*MCP.*\.$/);
}

async function refuse(ui: Ui, key: string): Promise<void> {
  for (const call of ['cookie', 'open']) {
    const { status, body, cookies } = await ui.post(`sessions/${key}/${call}`);
    expect([status, cookies]).toEqual([409, []]);
    expect(body.error).toBe('No app runs that can sign its cookie. Start the app, and try again.');
  }
  for (const call of ['reveal', 'edit', 'expire', 'destroy', 'cookie', 'open']) {
    const { status, body } = await ui.post(`sessions/${key.slice(1)}x/${call}`, { path: ['pin'] });
    expect([status, body.error]).toEqual([404, 'That session is not there any more.']);
  }
}

async function edit(ui: Ui, project: CareProject, key: string): Promise<void> {
  const change = async (body: object): Promise<number> =>
    (await ui.post(`sessions/${key}/edit`, body)).status;
  const path = ['cart', '0', 'count'];
  expect(await change({ path, value: 2, was: 1 })).toBe(200);
  expect(await change({ path, value: 3, was: 1 })).toBe(409);
  expect(await change({ path: ['pin'] })).toBe(200);
  expect(await change({ path: ['note'], value: { deep: [null, 'text'] } })).toBe(200);
  expect(await change({ path: ['••••••'], value: 'changed' })).toBe(200);
  for (const wrong of [['nothing', 'deep'], ['__proto__', 'x'], ['user', '0'], []])
    expect(await change({ path: wrong, value: 1 }), wrong.join('.')).toBe(400);
  const { body } = await ui.get<Opened>(`sessions/${key}`);
  expect(body.data).toMatchObject({ note: { deep: [null, 'text'] }, '••••••': 'changed' });
  const stored = {
    user: 'ada',
    cart: [{ title: 'tea', count: 2 }],
    link: `to ${ADA}`,
    [`by ${ADA}`]: 'changed',
    note: { deep: [null, 'text'] },
  };
  await project.on(`
    const { deepStrictEqual } = await import('node:assert');
    deepStrictEqual((await store.get('${ADA}')).data, ${JSON.stringify(stored)});`);
}

async function end(ui: Ui, project: CareProject, bob: string, ada: string): Promise<void> {
  const heard = await ui.hear();
  await poll(() => heard().includes('event: state'));
  const before = heard().length;
  expect((await ui.post(`sessions/${bob}/expire`)).body).toEqual({});
  expect((await ui.post(`sessions/${ada}/destroy`)).body).toEqual({});
  const { matching } = (await ui.get<Rows>('sessions')).body;
  expect(matching).toBe(2);
  await poll(() => heard().slice(before).includes('event: sessions'));
  for (const key of [bob, ada]) {
    const { status, body } = await ui.get(`sessions/${key}`);
    expect([status, body.error]).toEqual([404, 'That session is not there any more.']);
  }
  expect((await project.run(['why', ADA])).stdout).toMatch(/was destroyed by the inspector at /);
  expect((await project.run(['why', BOB])).stdout).toMatch(/expired/);
  await project
    .on(`if (await store.set('${ADA}', { user: 'ada' }) === false) throw 1`)
    .catch(() => {});
  expect((await project.run(['ls', '--json'])).stdout).toMatch(
    /^\[\n\{"who":"eve".*\n,\{"who":null.*\n\]\n$/,
  );
}

async function others(ui: Ui): Promise<void> {
  const { checks } = (await ui.get<Checks>('doctor')).body;
  expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'records']));
  expect((await ui.get('state')).body).toEqual({ values: [], faults: [] });
  expect((await ui.get('misses')).body).toEqual({ misses: [] });
  expect((await ui.get('restarts?since=3')).body).toEqual({ restarts: [] });
  expect((await ui.get('restarts?since=x')).body.error).toBe('Send a whole number as since.');
  const { status, body } = await ui.get('restarts/1/crash');
  expect([status, body.error]).toEqual([404, 'Nothing is known of that crash any more.']);
}

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { expect, it, onTestFinished } from 'vitest';
import type { App } from '../support/app.ts';
import { createCertificate } from '../support/certificate.ts';
import { rows } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import type { Rig } from '../support/rig.ts';
import { CLI, findTool } from '../support/tools.ts';
import { TestClient, type Making, type Sdk } from './clients.ts';
import { McpApp, type Starting } from './mcp-app.ts';
import { send, toBody } from './raw.ts';

type Event = (mcp: McpApp, pid: number) => Promise<unknown>;

/** What happens to the process, and is mended by a save. */
const EVENTS: Record<'save' | 'kill -9' | 'crash and fix', Event> = {
  save: async () => {},
  'kill -9': (mcp, pid) => mcp.rig.kill(pid),
  'crash and fix': (mcp) => mcp.saveMistake(),
};

/** A kind of server, with clients of both SDKs in sessions of one process of it. */
interface Subject {
  name: string;
  /** It has one transport, and so one client. */
  hasOneClient?: boolean;
  /** Whether its clients do not hear that its tools have changed. */
  isSilent?: boolean;
  /** Whether a client cannot end its session. */
  hasNoDelete?: boolean;
  starting?: Starting;
}

interface Surroundings {
  name: string;
  app: string;
  starting?: Starting;
  making?: Making;
  /** Whether its client is behind mcp-remote. */
  isRemote?: boolean;
}

const SUBJECTS: Subject[] = [
  { name: 'express-404', starting: { hasStandby: true } },
  { name: 'express-400' }, // it differs in what it answers to unknown ids
  { name: 'express-post', isSilent: true, hasNoDelete: true }, // its clients have no stream
  { name: 'node-http' },
  { name: 'fastify' },
  { name: 'hono-session' },
  { name: 'hono-process', hasOneClient: true },
  { name: 'v2-session' },
  { name: 'fastmcp', isSilent: true },
];

it.each(rows(SUBJECTS, 'express-404'))(
  'keeps the sessions of every kind of server over every restart: $name',
  async (subject) => {
    const { name, starting, hasOneClient = false, hasNoDelete = false } = subject;
    const mcp = await McpApp.start(name, starting);
    const sdks: Sdk[] = hasOneClient ? ['v2'] : ['v1', 'v2'];
    const clients = await Promise.all(sdks.map((sdk) => mcp.connect(sdk)));
    for (const event of Object.values(EVENTS)) await overEvent(mcp, clients, subject, event);
    if (starting?.hasStandby) await areTold(mcp, clients);
    if (!hasNoDelete) await terminate(mcp, clients);
  },
);

/** Where a save has to be enough. */
const SURROUNDINGS = [
  { name: 'under tsx watch', app: 'express-400', starting: { tool: findTool('tsx watch') } },
  { name: 'under node --watch', app: 'express-400', starting: { tool: findTool('node --watch') } },
  {
    name: 'in a large Express app, under a router',
    app: 'big-express',
    starting: { path: '/api/mcp' },
    making: { headers: { authorization: 'Bearer token-of-ann' } },
  },
  {
    name: 'over TLS',
    app: 'https',
    starting: { prepare: ({ folder }: Pick<App, 'folder'>) => createCertificate(folder) },
  },
  { name: 'with mcp-remote between', app: 'express-404', isRemote: true },
];

it.each(rows<Surroundings>(SURROUNDINGS, 'under node --watch'))(
  'a session outlives a save $name',
  async ({ name, app, starting = {}, making = {}, isRemote = false }) => {
    if (name === 'over TLS') {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // the certificate is nobody's
      onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    }
    const mcp = await McpApp.start(app, starting);
    const proxy = ['mcp-remote/dist/proxy.js', mcp.url, '--allow-http', '--transport', 'http-only'];
    const words = proxy.with(0, createRequire(import.meta.url).resolve(proxy[0] as string));
    // Under other tools nothing listens while the app starts.
    const patient = { ...making, isPatient: mcp.missesSaves };
    const clients = isRemote
      ? [await TestClient.spawn('v1', { words })]
      : [await mcp.connect('v1', patient), await mcp.connect('v2', patient)];
    const ids = clients.map(({ sessionId }) => sessionId);
    for (const client of clients) await logs(client, 'the stream is open');
    const changes = clients.map((client) => client.changes);
    mcp.save();
    const again = setInterval(() => mcp.missesSaves && mcp.saveAgain(), 15_000);
    onTestFinished(() => clearInterval(again));
    for (const [index, client] of clients.entries()) {
      // A connection of TLS that is about to begin when the old process ends is cut.
      const answer = await mcp.answers(client, mcp.missesSaves || name === 'over TLS');
      expect(answer.client?.name).toContain(client.name);
      await poll(() => client.changes > (changes[index] as number));
      expect(await client.names()).toContain(mcp.added);
    }
    expect(clients.map(({ sessionId }) => sessionId)).toEqual(ids);
  },
);

it.each(rows([{ name: 'stateless' }, { name: 'v2-handler' }]))(
  'a server that keeps no sessions has nothing to be kept, and answers: $name',
  async ({ name }) => {
    const mcp = await McpApp.start(name);
    const clients = [await mcp.connect('v1'), await mcp.connect('v2')];
    expect(clients.map(({ sessionId }) => sessionId)).toEqual([undefined, undefined]);
    mcp.save();
    for (const client of clients) {
      expect(await mcp.answers(client)).toMatchObject({ version: '2' });
      expect(await client.names()).toContain('added-2');
    }
    expect(mcp.rig.output).not.toMatch(/held over/);
  },
);

async function overEvent(
  mcp: McpApp,
  clients: TestClient[],
  { isSilent = false, hasNoDelete = false }: Subject,
  event: Event,
): Promise<void> {
  const ids = clients.map((client) => client.sessionId);
  const changes = clients.map((client) => client.changes);
  const { pid } = await mcp.answers(clients[0] as TestClient);
  await event(mcp, pid);
  // Until the new process listens calls are answered by what went wrong.
  await (event === EVENTS.save ? mcp.save() : mcp.restart());
  await Promise.all(
    clients.map(async (client, index) => {
      expect(await mcp.answers(client)).toMatchObject({
        client: { name: client.name, version: '1.2.3' },
        capabilities: { elicitation: {}, roots: { listChanged: true } },
      });
      expect(client.sessionId).toBe(ids[index]);
      expect(await client.names()).toContain(mcp.added);
      if (!isSilent) await poll(() => client.changes > (changes[index] as number));
      if (hasNoDelete) return; // and no stream
      await logs(client, `${client.name}, version ${mcp.version}`);
      if (event === EVENTS.save) expect(client.errors).toEqual([]);
    }),
  );
}

/**
 * What the server says of itself reaches the client, once its stream is open. A server of the SDKs drops what it
 * says while there is none, so that it has to say it again.
 */
async function logs(client: TestClient, data: string): Promise<void> {
  await poll(
    async () => {
      if (client.logs.includes(data)) return true;
      await client.call('log', { data });
      return client.logs.includes(data);
    },
    { every: 300 },
  );
}

/** The terminal, `holdover why` and `holdover doctor` tell of the sessions. */
async function areTold({ rig }: McpApp, clients: TestClient[]): Promise<void> {
  await rig.printed(/\] change\.js {2}2 MCP clients held over · /);
  for (const { sessionId = '' } of clients) {
    expect(await runCommand(rig, ['why', sessionId])).toMatch(
      /^That MCP session is kept, and was held over at \d{4}-/,
    );
  }
  expect(await runCommand(rig, ['doctor'])).toMatch(/\/mcp: the sessions of its clients are kept/);
}

function runCommand({ app }: Rig, words: string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd: app.folder, env: { ...process.env, NO_COLOR: '1' } };
    execFile(process.execPath, [CLI, ...words], options, (_, stdout) => resolve(stdout));
  });
}

/** Here and in the next process. */
async function terminate(mcp: McpApp, clients: TestClient[]): Promise<void> {
  const ids = clients.map(({ sessionId }) => sessionId as string);
  for (const client of clients) await client.terminate();
  for (const id of ids) expect(await statusOf(mcp.url, id)).toBeGreaterThanOrEqual(400);
  await mcp.restart();
  for (const id of ids) expect(await statusOf(mcp.url, id)).toBeGreaterThanOrEqual(400);
}

async function statusOf(url: string, id: string): Promise<number | undefined> {
  const headers = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-06-18' };
  return (await send(url, { headers, body: toBody('tools/list') })).status;
}

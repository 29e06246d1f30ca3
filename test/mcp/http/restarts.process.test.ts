import { execFile } from 'node:child_process';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { rows } from '../../support/depth.ts';
import { poll } from '../../support/poll.ts';
import type { Rig } from '../../support/rig.ts';
import { CLI } from '../../support/tools.ts';
import type { Sdk, TestClient } from './clients.ts';
import { McpApp } from './mcp-app.ts';

type Event = (mcp: McpApp, pid: number) => Promise<unknown>;

/** What happens to the process, and is mended by a save. */
const EVENTS = {
  save: async () => {},
  'kill -9': (mcp, pid) => mcp.rig.kill(pid),
  'crash and fix': (mcp) => mcp.saveMistake(),
} satisfies Record<string, Event>;

type Name = keyof typeof EVENTS;

/** A kind of server, and the clients that are connected to one process of it at once. */
interface Subject {
  name: string;
  clients: Sdk[];
  events: Name[];
  /** Whether its clients do not hear that its tools have changed. */
  isSilent?: boolean;
  /** Whether a client cannot end its session. */
  hasNoDelete?: boolean;
  /** Whether its next process is prepared in advance. */
  hasStandby?: boolean;
}

const BOTH: Sdk[] = ['v1', 'v2'];
const SAVE: Name[] = ['save'];
const KILL: Name[] = ['save', 'kill -9'];
/** Once for each transport: of Node in the first SDK, of the web in it, and of the second SDK. */
const ALL: Name[] = ['save', 'kill -9', 'crash and fix'];

const SUBJECTS: Subject[] = [
  { name: 'express-404', clients: BOTH, events: ALL, hasStandby: true },
  // Its clients have no stream.
  { name: 'express-post', clients: BOTH, events: KILL, isSilent: true, hasNoDelete: true },
  { name: 'express-400', clients: BOTH, events: SAVE }, // it differs in what it answers to unknown ids
  { name: 'node-http', clients: BOTH, events: SAVE }, // `sessions.test.ts` kills it
  { name: 'fastify', clients: BOTH, events: KILL },
  { name: 'hono-session', clients: BOTH, events: ALL },
  { name: 'hono-process', clients: ['v2'], events: KILL }, // it has one transport, and so one client
  { name: 'v2-session', clients: BOTH, events: ALL },
  { name: 'fastmcp', clients: BOTH, events: KILL, isSilent: true },
];

const CONCURRENTLY = 3;

it('keeps the sessions of every kind of server over every restart', async () => {
  const subjects = rows(SUBJECTS, 'express-404');
  const waiting = [...subjects];
  const seen: Record<string, string[]> = {};
  const expected: Record<string, string[]> = {};
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const key = `${next.name} × ${next.clients.join(', ')}`;
      expected[key] = [...next.events, 'terminate'].map((name) => `${name}: kept`);
      seen[key] = await story(next);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENTLY }, work));
  expect(Object.keys(seen)).toHaveLength(subjects.length);
  expect(seen).toEqual(expected);
});

/** Everything that happens to one process, and what its clients see of it, up to what they lose. */
async function story(subject: Subject): Promise<string[]> {
  const kept: string[] = [];
  let name: string = 'start';
  try {
    const mcp = await McpApp.start(subject.name, { hasStandby: subject.hasStandby });
    const clients = await Promise.all(subject.clients.map((sdk) => mcp.connect(sdk)));
    for (const event of subject.events) {
      name = event;
      await overEvent(mcp, clients, subject, EVENTS[event]);
      kept.push(`${name}: kept`);
    }
    name = 'commands';
    if (subject.hasStandby) await areTold(mcp, clients);
    name = 'terminate';
    if (!subject.hasNoDelete) await terminate(mcp, clients);
    kept.push('terminate: kept');
  } catch (error) {
    kept.push(`${name}: ${inspect(error)}`);
  }
  return kept;
}

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

async function statusOf(url: string, id: string): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-session-id': id,
      'mcp-protocol-version': '2025-06-18',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  await response.body?.cancel();
  return response.status;
}

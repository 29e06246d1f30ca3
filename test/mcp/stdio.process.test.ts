import { describe, expect, it } from 'vitest';
import { createApp, writeOver, type App } from '../support/app.ts';
import { childrenOf } from '../support/children.ts';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { CLI } from '../support/tools.ts';
import { TestClient, type Sdk, type Version } from './clients.ts';

const RESTARTED = 'The server was restarted while this request was running. Send it again.';
const SILENT = 'The server does not answer the `initialize` of its client.';
const LATE = 60_000;

/** A server on stdin and stdout, the client that has started it, and what is saved. */
interface Talk {
  app: App;
  client: TestClient;
  path: string;
  /** What the first run has answered. */
  first: Version;
}

type Part = (talk: Talk) => Promise<void>;

interface Row {
  name: string;
  sdk: Sdk;
  /** What is saved. */
  path: string;
  words: string[];
  parts: Part[];
}

const SHORT = ['--grace', '3s'];
const EDITS: Part[] = [hearsOfTools, isAnsweredByOldCode, asksReadsAgain];
const CRASHES: Part[] = [hearsOfKill, hearsOfCrash, readsItsSyntaxError];

const TABLE: Row[] = [
  {
    name: 'SDK v1',
    sdk: 'v1',
    path: 'change.js',
    words: [...SHORT, 'v1.js'],
    parts: [...EDITS, isAskedAnew, ...CRASHES],
  },
  {
    name: 'SDK v1, in TypeScript, which prints to stdout',
    sdk: 'v1',
    path: 'change.ts',
    words: [...SHORT, 'server.ts'],
    parts: [...EDITS, isAskedAnew, ...CRASHES],
  },
  {
    name: 'SDK v2, without a standby',
    sdk: 'v2',
    path: 'change.js',
    words: ['--no-standby', ...SHORT, 'v2.js'],
    parts: [...EDITS, isAskedAnew, ...CRASHES, isToldOfSilence],
  },
  {
    name: 'SDK v2, by the protocol of 2026-07-28',
    sdk: 'auto',
    path: 'change.js',
    words: [...SHORT, 'v2.js'],
    parts: [...EDITS, ...CRASHES],
  },
];

async function createServer(): Promise<App> {
  const app = await createApp('mcp-stdio');
  for (const name of ['@modelcontextprotocol', 'zod']) linkPackage(app, name);
  return app;
}

function connect(sdk: Sdk, { folder }: App, words: string[]): Promise<TestClient> {
  const command = { words: [CLI, 'watch', ...words], cwd: folder };
  return TestClient.spawn(sdk, command, { name: 'a client', asksUser: true });
}

/** Saves another version, with one more tool, which has its name: `added-2`. */
function save({ app, path }: Talk, version: string, statement = ''): void {
  const text = `export const version = '${version}';\nexport const added = ['added-${version}'];\n`;
  writeOver(app, path, text + statement);
}

/** Saves a version, and waits until it answers. Only errors that match `failure` may come before. */
async function edit(talk: Talk, version: string, failure?: RegExp): Promise<Version> {
  save(talk, version);
  return answers(talk, version, failure);
}

function answers({ client }: Talk, version: string, failure?: RegExp): Promise<Version> {
  const ask = async (): Promise<Version | undefined> => {
    const answer = await client.call('version').catch((error: Error) => {
      if (!failure?.test(error.message)) throw error;
      return undefined;
    });
    return answer?.version === version ? answer : undefined;
  };
  return poll(ask, { every: 50 });
}

function prints({ client }: Talk, text: string): Promise<unknown> {
  return poll(() => client.printed.includes(text));
}

async function hearsOfTools(talk: Talk): Promise<void> {
  const { client } = talk;
  const { changes } = client;
  const { pid, ...second } = await edit(talk, '2');
  expect(pid).not.toBe(talk.first.pid);
  expect(second).toEqual({ ...talk.first, pid: undefined, version: '2' });
  await poll(() => client.changes > changes);
  expect(await client.names()).toContain('added-2');
  expect(await client.call('added-2')).toEqual({ version: '2' });
}

async function isAnsweredByOldCode(talk: Talk): Promise<void> {
  const { client } = talk;
  const called = client.call('slow', { ms: 500 });
  await prints(talk, 'a slow call runs');
  await edit(talk, '3');
  expect(await called).toEqual({ version: '2' });
}

async function asksReadsAgain(talk: Talk): Promise<void> {
  const { client } = talk;
  const late = client.outcome('slow', { ms: LATE });
  await edit(talk, 'waits'); // by its note
  const read = client.read('note://1');
  await prints(talk, 'a note is read');
  await edit(talk, '4');
  expect(await late).toContain(RESTARTED);
  expect(await read).toBe('4');
}

/** The question is open at the client when the server is restarted, and then when it is killed. */
async function isAskedAnew(talk: Talk): Promise<void> {
  const { client } = talk;
  for (const message of ['save', 'kill']) {
    const old = client.outcome('ask', { message });
    const answerOld = await client.asked(message);
    if (message === 'kill') {
      process.kill((await client.call('version')).pid, 'SIGKILL');
      expect(await old).toContain('it was ended by SIGKILL');
      await edit(talk, '6', /was ended/);
    } else {
      await edit(talk, '5');
      expect(await old).toContain(RESTARTED);
    }
    const asked = client.call<{ answer: { content: object } }>('ask', { message: `${message} 2` });
    const answerNew = await client.asked(`${message} 2`);
    answerOld('old');
    await client.names(); // the answer has come before
    answerNew('new');
    expect((await asked).answer.content).toEqual({ word: 'new' });
  }
}

async function hearsOfKill(talk: Talk): Promise<void> {
  const { client } = talk;
  const killed = client.outcome('slow', { ms: LATE });
  process.kill((await client.call('version')).pid, 'SIGKILL');
  expect(await killed).toMatch(/The server ended while .*: it was ended by SIGKILL\. It starts/);
  expect(await client.outcome('version')).toContain('The server does not run: it was ended by');
  await edit(talk, '7', /does not run: it was ended/);
}

async function hearsOfCrash(talk: Talk): Promise<void> {
  const crashed = await talk.client.outcome('crash');
  expect(crashed).toContain('while this request was running: TypeError: a tool went wrong. It');
  expect(crashed).toMatch(/tools\.js:\d+/);
  await edit(talk, '8', /does not run: TypeError/);
}

/** As an agent does: it saves what is wrong, reads why, mends it, and goes on. */
async function readsItsSyntaxError(talk: Talk): Promise<void> {
  const { client, path } = talk;
  save(talk, 'broken', 'export const = ;\n');
  const text = await poll(async () => {
    const outcome = await client.outcome('version');
    return typeof outcome === 'string' ? outcome : undefined;
  });
  expect(text).toMatch(/The server (does not run|ended while .*): [^]*when its code is mended\./);
  expect(text).toMatch(new RegExp(`${path}:3`));
  const mended = await edit(talk, '9', /does not run|ended while/);
  expect(mended.client).toEqual(talk.first.client);
  expect(await client.names()).toContain('added-9');
}

/** It starts, and never gets as far as to answer. */
async function isToldOfSilence(talk: Talk): Promise<void> {
  save(talk, 'silent', 'await new Promise(() => setInterval(() => {}, 1000));\n');
  // The old code may still answer the first call.
  await poll(async () => String(await talk.client.outcome('version')).includes(SILENT));
  await edit(talk, '10', /does not answer/);
}

describe('a client of MCP whose server is on stdin and stdout', () => {
  it.each(rows(TABLE, 'SDK v1'))(
    'stays connected over saves, kill -9 and crashes: $name',
    async ({ sdk, path, words, parts }) => {
      const app = await createServer();
      const client = await connect(sdk, app, words);
      const first = await client.call('version');
      // By the protocol of 2026-07-28 each request says it.
      const known = sdk === 'auto' ? undefined : { name: 'a client', version: '1.2.3' };
      expect([first.version, first.client]).toEqual(['1', known]);
      const talk = { app, client, path, first };
      for (const part of parts) await part(talk);
      expect(client.errors).toEqual([]);
      const { pid } = client;
      expect(childrenOf(process.pid)).toContain(pid);
      await client.close();
      await poll(() => !childrenOf(process.pid).includes(pid));
    },
  );

  it('reads why its server does not start', async () => {
    const app = await createServer();
    app.write('broken.js', "console.error('NAME is not set');\nprocess.exit(3);\n");
    const failure = await connect('v1', app, ['broken.js']).catch((error: Error) => error.message);
    expect(failure).toMatch(
      /The server .*: it exited with code 3\. It starts again .*\n\nNAME is not set/,
    );
  });
});

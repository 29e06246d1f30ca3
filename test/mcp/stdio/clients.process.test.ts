import { describe, expect, it } from 'vitest';
import type { App } from '../../support/app.ts';
import { childrenOf } from '../../support/children.ts';
import { IS_LONG } from '../../support/depth.ts';
import { poll } from '../../support/poll.ts';
import { createServer, save } from './app.ts';
import { StdioClient, type Sdk, type Version } from './client.ts';

/** A client, and the server whose file it edits. */
interface Talk {
  app: App;
  client: StdioClient;
  /** What is saved. */
  path: string;
  /** What its first run has answered. */
  first: Version;
}

const RESTARTED = 'The server was restarted while this request was running. Send it again.';
const SILENT = 'The server does not answer the `initialize` of its client.';
const LATE = 60_000;

/** Where something runs for longer. */
const SHORT = ['--grace', '3s'];

async function connect(sdk: Sdk, entry: string, path: string, flags: string[] = []): Promise<Talk> {
  const app = await createServer();
  const client = await StdioClient.connect(sdk, app, entry, flags);
  const first = await client.call('version');
  // By the protocol of 2026-07-28 each request says it.
  const known = sdk === 'auto' ? undefined : { name: 'a client', version: '1.2.3' };
  expect([first.version, first.client]).toEqual(['1', known]);
  return { app, client, path, first };
}

/**
 * Saves a version, and waits until it answers.
 *
 * @param failure what may be heard before that; otherwise nothing fails that is asked meanwhile
 */
async function edit(
  { app, client, path }: Talk,
  version: string,
  failure: string | RegExp = '',
): Promise<Version> {
  save(app, version, path);
  const ask = async (): Promise<Version | undefined> => {
    const answer = await client.call('version').catch((error: Error) => {
      if (failure === '' || !error.message.match(failure)) throw error;
      return undefined;
    });
    return answer?.version === version ? answer : undefined;
  };
  return poll(ask, { every: 50 });
}

/** What a call fails with. */
function failureOf(called: Promise<unknown>): Promise<string> {
  return called.then(
    (answer) => `no failure, but ${JSON.stringify(answer)}`,
    (error: Error) => error.message,
  );
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
  const { version } = await client.call('version');
  const called = client.call('slow', { ms: 500 });
  await client.prints('a slow call runs');
  await edit(talk, '3');
  expect(await called).toEqual({ version });
}

/** The question is open at the client when the server is restarted. */
async function isAskedAnew(talk: Talk): Promise<void> {
  const { client } = talk;
  const old = failureOf(client.call('ask', { message: 'old' }));
  const answerOld = await poll(() => client.questions.get('old'));
  save(talk.app, '4', talk.path);
  expect(await old).toContain(RESTARTED);
  const asked = client.call<{ answer: { content: object } }>('ask', { message: 'new' });
  const answerNew = await poll(() => client.questions.get('new'));
  answerOld('old');
  await client.names(); // the answer has come before
  answerNew('new');
  expect((await asked).answer.content).toEqual({ word: 'new' });
}

async function asksReadsAgain(talk: Talk): Promise<void> {
  const { client } = talk;
  const late = failureOf(client.call('slow', { ms: LATE }));
  await edit(talk, 'waits'); // by its note
  const read = client.read('note://1');
  await client.prints('a note is read');
  await edit(talk, '5');
  expect(await late).toContain(RESTARTED);
  expect(await read).toBe('5');
}

async function hearsOfCrashes(talk: Talk): Promise<void> {
  const { client } = talk;
  const killed = failureOf(client.call('slow', { ms: LATE }));
  const { pid } = await client.call('version');
  process.kill(pid, 'SIGKILL');
  expect(await killed).toMatch(/The server ended while .*: it was ended by SIGKILL\. It starts/);
  expect(await failureOf(client.names())).toContain('The server does not run: it was ended by');
  await edit(talk, '6', 'does not run: it was ended');
  const crashed = await failureOf(client.call('crash'));
  expect(crashed).toContain('while this request was running: TypeError: a tool went wrong. It');
  expect(crashed).toMatch(/tools\.js:\d+/);
  await edit(talk, '7', 'does not run: TypeError');
}

/** As an agent does: it saves what is wrong, reads why, mends it, and goes on. */
async function readsItsSyntaxError(talk: Talk): Promise<void> {
  const { app, client, path } = talk;
  save(app, '8', path, 'export const version = ;\n');
  const text = await poll(async () => {
    const failure = await failureOf(client.call('version'));
    return failure.startsWith('no failure') ? undefined : failure;
  });
  expect(text).toMatch(
    /The server (does not run|ended while this request was running): [^]*It starts again when its code is mended\./,
  );
  expect(text).toMatch(/change\.[jt]s:1/);
  const { client: known } = talk.first;
  expect((await edit(talk, '9', /does not run|ended while/)).client).toEqual(known);
  expect(await client.names()).toContain('added-9');
}

/** It starts, and never gets as far as to answer. */
async function isToldOfSilence(talk: Talk): Promise<void> {
  const { app, client, path } = talk;
  const silent =
    "export const [version, added] = ['0', []];\nawait new Promise(() => setInterval(() => {}, 1000));\n";
  save(app, 'silent', path, silent);
  // The old code may still answer the first call.
  await poll(async () => (await failureOf(client.call('version'))).includes(SILENT));
  await edit(talk, '10', 'does not answer');
}

type Part = (talk: Talk) => Promise<void>;

/** To its end, which comes when the client leaves. */
async function tellStory(talk: Talk, parts: Part[]): Promise<void> {
  for (const part of parts) await part(talk);
  const { client } = talk;
  expect(client.errors).toEqual([]);
  const { pid } = client;
  expect(childrenOf(process.pid)).toContain(pid);
  await client.close();
  await poll(() => !childrenOf(process.pid).includes(pid));
}

describe('a client of MCP whose server is on stdin and stdout', () => {
  it('stays connected: the SDK v1, and a server in TypeScript that prints to stdout', async () => {
    const talk = await connect('v1', 'server.ts', 'change.ts');
    await tellStory(talk, [hearsOfTools, isAnsweredByOldCode, readsItsSyntaxError]);
  });

  it('stays connected, whatever runs when the process ends: the SDK v1', async () => {
    const talk = await connect('v1', 'v1.js', 'change.js', SHORT);
    await tellStory(talk, [isAnsweredByOldCode, isAskedAnew, asksReadsAgain, hearsOfCrashes]);
  });

  it('stays connected: the SDK v2', async () => {
    const talk = await connect('v2', 'v2.js', 'change.js', ['--no-standby', ...SHORT]);
    const parts = [hearsOfTools, isAskedAnew, readsItsSyntaxError];
    await tellStory(talk, IS_LONG ? [...parts, isToldOfSilence] : parts); // which waits for ten seconds
  });

  it('stays connected: the SDK v2, by the protocol of 2026-07-28', async () => {
    const talk = await connect('auto', 'v2.js', 'change.js');
    await tellStory(talk, [hearsOfTools, isAnsweredByOldCode, readsItsSyntaxError]);
  });

  it('reads why its server does not start', async () => {
    const app = await createServer();
    app.write('broken.js', "console.error('NAME is not set');\nprocess.exit(3);\n");
    expect(await failureOf(StdioClient.connect('v1', app, 'broken.js'))).toMatch(
      /The server .*: it exited with code 3\. It starts again .*\n\nNAME is not set/,
    );
  });
});

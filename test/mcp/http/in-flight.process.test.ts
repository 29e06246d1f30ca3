import { describe, expect, it } from 'vitest';
import { poll } from '../../support/poll.ts';
import { untilHeld } from '../../support/watched.ts';
import type { Making, TestClient } from './clients.ts';
import { McpApp, type Starting } from './mcp-app.ts';

const RESTARTED = 'The server was restarted while this request was running. Send it again.';
const CRASHED =
  'The server ended while this request was running: TypeError: cannot go on. It starts again when its code is mended.';

const BROKEN =
  'The server does not run: Error: a mistake. It starts again when its code is mended.';

/** Clients of both SDKs, in sessions of one process. */
async function begin(
  name: string,
  starting: Starting = {},
  making: Making = {},
): Promise<{ mcp: McpApp; clients: TestClient[] }> {
  const mcp = await McpApp.start(name, { flags: ['--no-standby', '--grace', '1s'], ...starting });
  await untilHeld(mcp.running.pid, mcp.app.port);
  const sdks = ['v1', 'v2'] as const;
  return { mcp, clients: await Promise.all(sdks.map((sdk) => mcp.connect(sdk, making))) };
}

/** Begins a call that takes its time, by each client. */
async function callSlowly(
  { mcp, clients }: { mcp: McpApp; clients: TestClient[] },
  ms: number,
): Promise<Promise<unknown>[]> {
  const before = mcp.count('a slow call runs');
  const calls = clients.map((client) => outcome(client.call('slow', { ms })));
  await poll(() => mcp.count('a slow call runs') === before + clients.length);
  return calls;
}

/** What a call answers, or the text of its error. */
function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: Error) => error.message);
}

async function answerAll({ mcp, clients }: { mcp: McpApp; clients: TestClient[] }): Promise<void> {
  await Promise.all(clients.map((client) => mcp.answers(client, true)));
}

/**
 * What calls are told that a restart ends. They are called once more where a busy machine has left the app no
 * time to say it, so that it was killed.
 */
async function endByRestart(
  all: { mcp: McpApp; clients: TestClient[] },
  call: () => Promise<Promise<unknown>[]>,
): Promise<unknown[]> {
  for (;;) {
    const { length } = all.mcp.running.output;
    const calls = await call();
    all.mcp.save();
    const told = await Promise.all(calls);
    await answerAll(all);
    if (!all.mcp.running.outputSince(length).includes(' and was killed.')) return told;
  }
}

describe.each([
  ['streams', 'express-404', { flags: ['--grace', '1s'] }],
  ['JSON', 'node-http', { env: { MCP_ANSWERS: 'json' } }],
])('a call that is answered by %s', (_, name, starting: Starting) => {
  it('has an answer or an error, whatever ends the process', async () => {
    const all = await begin(name, starting);
    const { mcp, clients } = all;
    const ids = clients.map(({ sessionId }) => sessionId);

    const short = await callSlowly(all, 500);
    mcp.save();
    expect(await Promise.all(short)).toEqual([{ version: '1' }, { version: '1' }]);
    await answerAll(all);

    const long = await endByRestart(all, () => callSlowly(all, 60_000));
    for (const text of long) expect(text).toContain(RESTARTED);

    const during = await callSlowly(all, 60_000);
    const crash = outcome((clients[0] as TestClient).call('crash'));
    for (const text of await Promise.all([...during, crash])) expect(text).toContain(CRASHED);
    await mcp.running.printed('exited with code 1');
    mcp.save();
    await answerAll(all);
    expect(clients.map(({ sessionId }) => sessionId)).toEqual(ids);
  });
});

describe('a client while the code is broken', () => {
  it('reads the error, and hears of the tools of the mended code', async () => {
    const all = await begin('express-404');
    const { mcp, clients } = all;
    await mcp.saveMistake();
    // So long that a client would have given its stream up.
    for (let i = 0; i < 10; i++) {
      const texts = await Promise.all(clients.map((client) => outcome(client.call('version'))));
      for (const text of texts) {
        expect(text).toContain(`${BROKEN}\n\nchange.js:3:7\n`);
        expect(text).toContain("\n> 3 | throw new Error('a mistake');");
        expect(String(text).split('\n').length).toBeLessThanOrEqual(11);
        expect(text).not.toMatch(/ at |node:|jsonrpc/);
        expect(text).not.toContain(mcp.app.folder);
      }
    }
    mcp.save();
    await poll(() => clients.every(({ changes }) => changes === 1));
    for (const client of clients) {
      expect(await client.names()).toContain(mcp.added);
      await client.call('log', { data: 'on the stream' });
      await poll(() => client.logs.includes('on the stream'));
    }
  });
});

describe('an answer of the user', () => {
  it('is never taken for the answer to a later question', async () => {
    const late: (() => void)[] = [];
    const accept = { action: 'accept', content: { word: 'OLD' } } as const;
    const all = await begin(
      'express-404',
      { flags: ['--no-standby', '--grace', '1s'] },
      {
        answer: (message) =>
          new Promise((resolve) => {
            if (message === 'OLD') late.push(() => resolve(accept));
            // Once the late answer has been handled.
            else setTimeout(resolve, 500, { action: 'accept', content: { word: message } });
          }),
      },
    );
    const { clients } = all;
    const told = await endByRestart(all, async () => {
      late.length = 0;
      const old = clients.map((client) => outcome(client.call('ask', { message: 'OLD' })));
      await poll(() => late.length === clients.length);
      return old;
    });
    for (const text of told) expect(text).toContain(RESTARTED);
    const asked = clients.map((client) => client.call('ask', { message: 'NEW' }));
    await poll(() => clients.every(({ questions }) => questions.includes('NEW')));
    for (const answer of late) answer();
    for (const answered of await Promise.all(asked)) {
      expect(answered).toMatchObject({ answer: { action: 'accept', content: { word: 'NEW' } } });
    }
  });
});

import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
import { share } from '../support/lifetime.ts';
import { poll } from '../support/poll.ts';
import type { Making, TestClient } from './clients.ts';
import { McpApp } from './mcp-app.ts';

const RESTARTED = 'The server was restarted while this request was running. Send it again.';
const CRASHED =
  'The server ended while this request was running: TypeError: cannot go on. It starts again when its code is mended.';
const BROKEN =
  'The server does not run: Error: a mistake. It starts again when its code is mended.';

/** Clients of both SDKs, in sessions of one process. */
interface All {
  mcp: McpApp;
  clients: TestClient[];
}

async function connect(mcp: McpApp, making: Making = {}): Promise<All> {
  const sdks = ['v1', 'v2'] as const;
  return { mcp, clients: await Promise.all(sdks.map((sdk) => mcp.connect(sdk, making))) };
}

async function start(name: string, env: NodeJS.ProcessEnv = {}): Promise<McpApp> {
  const mcp = await McpApp.start(name, { env });
  await mcp.rig.holds();
  return mcp;
}

/** Begins a call that takes its time, by each client. */
async function callSlowly({ mcp, clients }: All, ms: number): Promise<Promise<unknown>[]> {
  const before = mcp.rig.count(/a slow call runs/);
  const calls = clients.map((client) => client.outcome('slow', { ms }));
  await mcp.rig.printed(/a slow call runs/, before + clients.length);
  return calls;
}

async function answerAll({ mcp, clients }: All): Promise<void> {
  await Promise.all(clients.map((client) => mcp.answers(client, true)));
}

/** Whatever ends the process, a call has an answer or an error. */
async function endInAllWays(all: All): Promise<void> {
  const { mcp, clients } = all;
  const ids = clients.map(({ sessionId }) => sessionId);
  const { version } = mcp;
  const short = await callSlowly(all, 500);
  mcp.save();
  expect(await Promise.all(short)).toEqual([{ version }, { version }]);
  await answerAll(all);

  const long = await callSlowly(all, 600_000);
  mcp.save();
  for (const text of await Promise.all(long)) expect(text).toContain(RESTARTED);
  await answerAll(all);

  const during = await callSlowly(all, 600_000);
  const exits = mcp.rig.count(/exited with code 1/);
  const crash = (clients[0] as TestClient).outcome('crash');
  for (const text of await Promise.all([...during, crash])) expect(text).toContain(CRASHED);
  await mcp.rig.printed(/exited with code 1/, exits + 1);
  mcp.save();
  await answerAll(all);
  expect(clients.map(({ sessionId }) => sessionId)).toEqual(ids);
}

it.runIf(IS_LONG)('a call that is answered by JSON has an answer or an error', async () => {
  await endInAllWays(await connect(await start('node-http', { MCP_ANSWERS: 'json' })));
});

describe('a client of a server that answers by streams', () => {
  const mcp = share(() => start('express-404'));

  it('has an answer or an error to each call, whatever ends the process', async () => {
    await endInAllWays(await connect(mcp()));
  });

  it('reads the error of broken code, and hears of the tools of the mended code', async () => {
    const { clients } = await connect(mcp());
    await mcp().saveMistake();
    // So long that a client would have given its stream up.
    for (let i = 0; i < 10; i++) {
      const texts = await Promise.all(clients.map((client) => client.outcome('version')));
      for (const text of texts) {
        expect(text).toContain(`${BROKEN}\n\nchange.js:3:7\n`);
        expect(text).toContain("\n> 3 | throw new Error('a mistake');");
        expect(String(text).split('\n').length).toBeLessThanOrEqual(11);
        expect(text).not.toMatch(/ at |node:|jsonrpc/);
        expect(text).not.toContain(mcp().rig.app.folder);
      }
    }
    mcp().save();
    await poll(() => clients.every(({ changes }) => changes === 1));
    for (const client of clients) {
      expect(await client.names()).toContain(mcp().added);
      await client.call('log', { data: 'on the stream' });
      await poll(() => client.logs.includes('on the stream'));
    }
  });

  it.each([
    { name: 'save', isKilled: false },
    { name: 'kill -9', isKilled: true },
  ])('never has a late answer taken for one to a later question: $name', async ({ isKilled }) => {
    const { clients } = await connect(mcp(), { asksUser: true });
    const ask = async (message: string) => {
      const calls = clients.map((client) => client.outcome('ask', { message }));
      const answers = await Promise.all(clients.map((client) => client.asked(message)));
      return { calls, answer: () => answers.forEach((answer) => answer(message)) };
    };
    const old = await ask('OLD');
    if (isKilled) {
      const { pid } = await (clients[0] as TestClient).call('version');
      await mcp().rig.kill(pid);
      await mcp().restart();
    } else {
      mcp().save();
      for (const text of await Promise.all(old.calls)) expect(text).toContain(RESTARTED);
    }
    await answerAll({ mcp: mcp(), clients });
    const asked = await ask('NEW');
    old.answer();
    for (const client of clients) await client.names(); // the late answers have come before
    asked.answer();
    for (const answered of await Promise.all(asked.calls)) {
      expect(answered).toMatchObject({ answer: { action: 'accept', content: { word: 'NEW' } } });
    }
  });
});

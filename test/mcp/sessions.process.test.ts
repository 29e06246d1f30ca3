import { describe, expect, it } from 'vitest';
import { times } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import type { TestClient } from './clients.ts';
import { McpApp } from './mcp-app.ts';
import { send, toCall, toInitialize, type Raw } from './raw.ts';

const BEGINS = /a session begins/;

const COUNT = times(16, 40);
const KILLS = times(2, 3);

describe('many clients', () => {
  it('go on in their sessions after kill -9, once and again, each made anew once', async () => {
    const mcp = await McpApp.start('node-http');
    const names = Array.from({ length: COUNT }, (_, index) => `client ${index}`);
    const clients = await Promise.all(
      names.map((name, index) => mcp.connect(index % 2 ? 'v1' : 'v2', { name })),
    );
    const ids = clients.map((client) => client.sessionId);
    for (let round = 1; round <= KILLS; round++) {
      const { pid } = await (clients[0] as TestClient).call('version');
      await mcp.rig.kill(pid);
      await mcp.restart();
      const often = Array.from({ length: 10 }, () => clients[0] as TestClient);
      const all = [...clients, ...often].map((client) => client.call('version'));
      const answers = (await Promise.all(all)).slice(0, COUNT);
      expect(answers.map(({ client }) => client?.name)).toEqual(names);
      expect(answers.every(({ version }) => version === mcp.version)).toBe(true);
      await poll(() => mcp.rig.count(BEGINS) >= COUNT * (round + 1));
      expect(mcp.rig.count(BEGINS)).toBe(COUNT * (round + 1));
    }
    expect(clients.map((client) => client.sessionId)).toEqual(ids);
  });
});

describe('an app that asks for a token', () => {
  const [ann, bob] = ['token-of-ann', 'token-of-bob'];

  it("refuses wrong ones after a restart, and never gives another user the owner's session", async () => {
    const mcp = await McpApp.start('big-express', { path: '/api/mcp' });
    const sessions = (): number[] =>
      [ann, bob].map((each) => mcp.rig.count(new RegExp(`session of ${each}`)));
    const headers = { authorization: `Bearer ${ann}` };
    const { headers: answered } = await send(mcp.url, { headers, body: toInitialize('of ann') });
    const id = answered['mcp-session-id'] as string;
    expect(await call(mcp, { id, token: bob })).toMatchObject({ status: 403 });
    await mcp.restart();
    expect(await call(mcp, { id })).toMatchObject({ status: 401 });
    expect(await call(mcp, { id, token: 'wrong' })).toMatchObject({ status: 401 });
    expect(await call(mcp, { id, token: ann })).toMatchObject({ status: 200 });
    expect(await call(mcp, { id, token: 'wrong' })).toMatchObject({ status: 401 });
    expect(await call(mcp, { id, token: bob })).toMatchObject({ status: 403 });
    expect(await call(mcp, { id, token: 'other-token-of-ann' })).toMatchObject({ status: 200 });
    await poll(() => sessions()[0] === 2);
    expect(sessions()).toEqual([2, 0]);
    await mcp.restart();
    await call(mcp, { id, token: bob }); // the first with this id: as if bob had begun a session
    await poll(() => sessions()[1] === 1);
    expect(sessions()).toEqual([2, 1]);
    expect(await call(mcp, { id, token: ann })).toMatchObject({ status: 200 }); // the owner's own
    expect(await call(mcp, { id, token: bob })).toMatchObject({ status: 403 });
    await poll(() => sessions()[0] === 3);
    expect(sessions()).toEqual([3, 1]);
  });
});

/** A call with the id of a session by whoever has it. */
function call({ url }: McpApp, { id, token }: { id: string; token?: string }): Promise<Raw> {
  const headers = {
    'mcp-session-id': id,
    'mcp-protocol-version': '2025-06-18',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  return send(url, { headers, body: toCall('version') });
}

import { describe, expect, it } from 'vitest';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { IS_LONG } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { describeWithRedis } from '../support/redis-server.ts';

const ID = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';

/** Statements that store what is kept of a client; another one's id begins otherwise. */
const toRecord = (id: string, name: string, more: object = {}): string => {
  const clientInfo = { name, version: '2.0.1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo, ...more };
  const initialize = { jsonrpc: '2.0', id: 0, method: 'initialize', params };
  return `await store.set('${id}', ${JSON.stringify({ path: '/mcp', handshake: { initialize } })});`;
};

const MORE = {
  _meta: { traceparent: 'a-trace' },
  capabilities: { sampling: {}, experimental: { deep: 'unknown' } },
};

async function begin(type: 'filesystem' | 'redis'): Promise<CareProject> {
  const project = await CareProject.begin(type);
  await project.on(`await store.set('a-session-of-ada', { user: 'ada' });`);
  const others = toRecord('0b-another-client', 'a name\u001B[2J that is very long for a column');
  await project.on(toRecord(ID, 'claude-code', MORE) + others, 'mcp-clients');
  return project;
}

const CLIENT = /^claude-code 2\.0\.1 +f81d4f… +\S+ ago +\S+ ago +7d +\/mcp$/m;

async function expectCleared(project: CareProject): Promise<void> {
  const cleared = await project.run(['clear', '--yes']);
  expect(cleared.stderr).toMatch(/1 session and 2 MCP clients in [^,]*\n.*3 records removed/);
  expect((await project.run(['ls'])).stderr).toMatch(/ 0 sessions in /);
}

describe('MCP clients', () => {
  it('are listed, shown, measured, copied and removed, and counted apart', async () => {
    const project = await begin('filesystem');
    const [listed, json, ofUser, shown, shownJson, revealed, stats, why] = await Promise.all([
      project.run(['ls']),
      project.run(['ls', '--json']),
      project.run(['ls', '--user', 'ada']),
      project.run(['show', 'f81d4f']),
      project.run(['show', 'f81d4f', '--json']),
      project.run(['show', ID, '--reveal']),
      project.run(['stats']),
      project.run(['why', ID]),
    ]);
    expect(listed.stdout).toMatch(/^ada +a-sess… .*\n\nMCP client +id .*path\n/m);
    expect(listed.stdout).toMatch(CLIENT);
    expect(listed.stdout).not.toContain('\u001B');
    expect(listed.stderr).toContain('1 session and 2 MCP clients in ');
    const all = JSON.parse(json.stdout) as { id: string; who: string | null; mcp?: object }[];
    expect(all.map(({ who }) => who)).toEqual(['ada', null, null]);
    expect(all.find(({ id }) => id === 'f81d4f…')?.mcp).toEqual({
      name: 'claude-code',
      version: '2.0.1',
      path: '/mcp',
    });
    expect(ofUser.stdout).not.toContain('MCP');
    expect(shown.stdout).toMatch(
      /^client +claude-code 2\.0\.1\nid +f81d4f…\nnamespace +mcp-clients/m,
    );
    for (const { stdout } of [shown, shownJson]) {
      expect(stdout).toContain('sampling');
      expect(stdout).not.toMatch(/a-trace|deep|7dec/);
    }
    expect(revealed.stdout).toMatch(/deep[^]*a-trace/);
    expect(stats.stdout).toMatch(/^live +1 session\nMCP +2 clients$/m);
    expect(why.stdout).toBe(
      'That MCP session is kept: its client goes on with it after a restart.\n',
    );
    const pushed = await project.run(['push', '--to', 'sessions.json']);
    expect(pushed.stderr).toContain('1 session and 2 MCP clients copied');
    await expectCleared(project);
  });

  describeWithRedis('in Redis', () => {
    it.runIf(IS_LONG)('are listed and removed', async () => {
      const project = await begin('redis');
      expect((await project.run(['ls'])).stdout).toMatch(CLIENT);
      await expectCleared(project);
    });
  });

  it('are named with whatever is in their records', async () => {
    const project = await CareProject.begin('filesystem');
    const records = [{}, { path: 7, handshake: { initialize: null } }, { handshake: 'no' }];
    const stores = records.map(
      (record, i) => `await store.set('${i}', ${JSON.stringify(record)});`,
    );
    await project.on(stores.join(''), 'mcp-clients');
    const { stdout, code } = await project.run(['ls']);
    expect(code).toBe(0);
    expect(stdout.match(/^\? .*\?$/gm)).toHaveLength(3);
  });

  it('are not kept where memory stores are left alone, which why says', async () => {
    const project = await CareProject.begin('filesystem');
    const env = { SESSION_TYPE: 'memory' };
    await CareApp.start(project, toExpressApp(), env);
    await poll(async () => {
      const { stdout } = await project.run(['why', 'any-id']);
      return /^The memory store of the app was not adopted .* is memory: /.test(stdout);
    });
  });
});

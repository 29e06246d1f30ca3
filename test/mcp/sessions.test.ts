import { describe, expect, it } from 'vitest';
import { McpSessions } from '../../src/mcp/sessions.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { poll } from '../support/poll.ts';
import { INITIALIZE } from './tiny-server.ts';

const DAY = 24 * 60 * 60 * 1000;

function open(storage = new MemoryStorage()): { storage: MemoryStorage; mcp: McpSessions } {
  const sessions = new Sessions(storage, 1000);
  return { storage, mcp: new McpSessions({ open: () => sessions }) };
}

const SESSION = { path: '/mcp', handshake: { initialize: INITIALIZE as never } };

describe('what is kept of sessions of MCP', () => {
  it('lasts for seven days, whatever the lifetime of a login is, and is touched once a minute', () => {
    const { storage, mcp } = open();
    mcp.add('id', SESSION);
    const { expires = 0 } = storage.get('id') ?? {};
    expect(expires).toBeGreaterThan(Date.now() + 7 * DAY - 10_000);
    expect(expires).toBeLessThanOrEqual(Date.now() + 7 * DAY);
    for (let i = 0; i < 10; i++) mcp.note('id', []);
    expect(storage.written).toEqual(['set']);
    const next = open(storage).mcp;
    for (let i = 0; i < 10; i++) next.note('id', []);
    expect(storage.written.filter((verb) => verb === 'touch').length).toBeLessThanOrEqual(1);
  });

  it('is not more than 64 kB, with what is told later', async () => {
    const { mcp } = open();
    const told = (level: string) =>
      ({ jsonrpc: '2.0', method: 'logging/setLevel', params: { level } }) as const;
    mcp.add('id', SESSION);
    mcp.note('id', [told('info')]);
    mcp.note('id', [told('x'.repeat(64 * 1024))]);
    expect((await mcp.find('id'))?.handshake.level).toEqual(told('info'));
    mcp.add('large', { ...SESSION, path: 'x'.repeat(64 * 1024) });
    expect(await mcp.find('large')).toBeUndefined();
    mcp.note('unknown', [told('info')]);
    expect(await mcp.find('unknown')).toBeUndefined();
  });

  it('is let go of where there are more than a thousand: those that were used last stay', async () => {
    const { storage, mcp } = open();
    const sessions = new Sessions(storage, 1000);
    for (let i = 0; i < 1010; i++) sessions.set(String(i), SESSION, DAY + i * 1000);
    mcp.add('new', SESSION);
    await poll(async () => (await storage.count()) === 1000);
    expect(storage.get('new')).toBeDefined();
    expect(storage.get('11')).toBeDefined();
    expect(storage.get('10')).toBeUndefined();
    // Whoever still has its id is not refused.
    mcp.add('10', SESSION);
    expect(storage.get('10')).toBeDefined();
  });

  it('is there again under an id that had ended', async () => {
    const { mcp } = open();
    mcp.add('id', SESSION);
    mcp.end('id');
    expect(await mcp.find('id')).toBeUndefined();
    mcp.add('id', SESSION);
    expect(await mcp.find('id')).toEqual(SESSION);
  });

  it('is opened where it was said last', async () => {
    const [first, second] = [new MemoryStorage(), new MemoryStorage()];
    const opening = { open: () => new Sessions(first, 1000) };
    const mcp = new McpSessions(opening);
    mcp.add('id', SESSION);
    opening.open = () => new Sessions(second, 1000);
    expect(await mcp.find('id')).toBeUndefined();
    mcp.add('other', SESSION);
    expect([first.get('other'), second.get('other') === undefined]).toEqual([undefined, false]);
    opening.open = () => {
      throw new Error('no such directory');
    };
    expect(mcp.find('other')).toBeUndefined();
    expect(mcp.find('other')).toBeUndefined();
  });
});

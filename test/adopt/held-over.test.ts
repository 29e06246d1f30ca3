import { describe, expect, it } from 'vitest';
import { openSessions } from '../../src/adopt/open-sessions.ts';
import {
  formatHeldOver,
  formatHeldOverBeside,
  toStartLine,
} from '../../src/adopt/held-over/describe.ts';
import { resolveOptions } from '../../src/options.ts';
import { toHeldOver } from '../../src/vite/terminal.ts';
import { createTempFolder } from '../support/temp-folder.ts';

describe('what is said of a start', () => {
  it.each([
    [0, 0, 'no sessions held over'],
    [1, 0, '1 session held over'],
    [3, 1, '3 sessions · 1 value held over'],
    [0, 2, 'no sessions · 2 values held over'],
  ])('counts %i sessions and %i values', (count, values, said) => {
    expect(formatHeldOver({ count, isMore: false }, { values })).toBe(said);
  });

  it.each([
    [0, 1, 'no sessions · 1 MCP client held over'],
    [2, 2, '2 sessions · 1 value · 2 MCP clients held over'],
  ])('counts %i sessions and %i clients of MCP', (count, clients, said) => {
    const values = count === 0 ? 0 : 1;
    const beside = { values, clients: { count: clients, isMore: false } };
    expect(formatHeldOver({ count, isMore: false }, beside)).toBe(said);
    const alone = formatHeldOverBeside(beside);
    expect(alone).toBe(said.replace(/^(no|\d+) sessions · /, ''));
    beside.clients.isMore = true;
    expect(formatHeldOverBeside(beside)).toContain(`at least ${clients} MCP client`);
  });

  it('counts values where no sessions are, or nobody counts them', async () => {
    expect(await toStartLine([], 10)).toBeUndefined();
    expect(await toStartLine([], 10, 2)).toBe('2 values held over');
    const redis = { type: 'redis', display: 'redis://localhost', isNew: false, at: 0 } as const;
    const stores = [{ ...redis, directory: '', namespace: 'a', fingerprint: '' }];
    expect(await toStartLine(stores, 10)).toBe('sessions are kept in redis://localhost');
    expect(await toStartLine(stores, 10, 1)).toBe(
      'sessions are kept in redis://localhost · 1 value held over',
    );
  });

  it('counts both for Vite, in a directory', async () => {
    const options = resolveOptions({ directory: createTempFolder() });
    const { directory } = options;
    expect(await toHeldOver(options)).toBeUndefined();
    await openSessions({ directory, namespace: 'mcp-clients' }).set('id', {});
    expect(await toHeldOver(options)).toBe('1 MCP client held over');
    await openSessions({ directory }).set('id', {});
    expect(await toHeldOver(options)).toBe('1 session · 1 MCP client held over');
  });
});

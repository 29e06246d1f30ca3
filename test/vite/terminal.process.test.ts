import { join } from 'node:path';
import type { LogLevel } from 'vite';
import { describe, expect, it } from 'vitest';
import { openResolved } from '../../src/adopt/open-sessions.ts';
import { resolveOptions } from '../../src/options.ts';
import { poll } from '../support/poll.ts';
import { createListener, createProject, serve, VITES } from './servers.ts';

/** A project with sessions from an earlier run. */
async function createUsed(count: number): Promise<string> {
  const root = createProject({ 'index.html': '<p>hello</p>' });
  const sessions = openResolved(resolveOptions({}, { entry: root })); // as the project itself does
  for (let i = 0; i < count; i++) await sessions.set(`id ${i}`, { user: 'ada' });
  return root;
}

describe.each(VITES)('the lines in the terminal of $name', ({ vite }) => {
  it.each([
    [0, 'none yet'],
    [1, '1 login held over'],
    [3, '3 logins held over'],
  ])('say with the addresses how many sessions there are: %i', async (count, text) => {
    const root = await createUsed(count);
    const { lines, logger } = createListener(vite);
    const server = await serve(vite, root, { customLogger: logger });
    server.printUrls();
    await poll(() => lines.some((line) => line.includes('Sessions')));
    const directory = join(root, '.holdover', 'sessions');
    expect(lines.filter((line) => line.includes('Sessions'))).toEqual([
      `  ➜  Sessions: ${text}  (${directory})`,
    ]);
    expect(lines.findIndex((line) => line.includes('Local'))).toBeLessThan(
      lines.findIndex((line) => line.includes('Sessions')),
    );
  });

  it.each<LogLevel>(['warn', 'error', 'silent'])(
    'are not there with logLevel %s',
    async (level) => {
      const root = await createUsed(1);
      const { lines, logger } = createListener(vite, level);
      const server = await serve(vite, root, { customLogger: logger });
      server.printUrls();
      await server.restart();
      expect(lines).toEqual([]);
    },
  );

  it('say once after a restart what was held over, and clear nothing', async () => {
    const root = await createUsed(2);
    const { lines, logger } = createListener(vite);
    let cleared = 0;
    logger.clearScreen = () => void cleared++;
    const server = await serve(vite, root, { customLogger: logger });
    expect(lines.filter((line) => line.includes('held over'))).toEqual([]);
    await server.restart();
    await poll(() => lines.some((line) => line.includes('held over')));
    await server.restart();
    const held = () => lines.filter((line) => line.includes('held over'));
    await poll(() => held().length === 2);
    for (const line of held()) expect(line).toMatch(/\[vite\] 2 logins held over$/);
    expect(cleared).toBe(0);
  });

  it('say in middleware mode at the start what was held over', async () => {
    const root = await createUsed(2);
    const { lines, logger } = createListener(vite);
    const server = { middlewareMode: true, hmr: { port: 0 } };
    await serve(vite, root, { customLogger: logger, server });
    await poll(() => lines.some((line) => line.includes('2 logins held over')));
  });
});

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/index.ts';
import { poll } from '../support/poll.ts';
import { createProject, serve, VITES } from './servers.ts';

const IGNORED = [
  ['a glob', '**/ignored/**'],
  ['a pattern', /ignored/],
  ['a function', (path: string) => path.includes('ignored')],
  ['several of them', ['**/ignored/**', /nothing/]],
] as const;

describe.each(VITES)('what $name watches', ({ vite }) => {
  it.each(IGNORED)(
    'is all but the session files, and what the user has named: %s',
    async (_, ignored) => {
      const root = createProject({ 'a.txt': '', 'ignored/b.txt': '' });
      const server = await serve(vite, root, { server: { watch: { ignored: ignored as string } } });
      const seen: string[] = [];
      server.watcher.on('all', (_event, path) => seen.push(path));
      await poll(() => Object.keys(server.watcher.getWatched()).length > 0);
      const sessions = createSessionStore({ directory: join(root, '.holdover', 'sessions') });
      await sessions.set('an id', { user: 'ada' });
      writeFileSync(join(root, 'ignored/b.txt'), 'changed');
      await poll(() => {
        appendFileSync(join(root, 'a.txt'), 'changed'); // until it is watched
        return seen.some((path) => path.endsWith('a.txt'));
      });
      expect(seen.filter((path) => !path.endsWith('a.txt'))).toEqual([]);
    },
  );

  it('is nothing when the user has turned watching off', async () => {
    const server = await serve(vite, createProject(), { server: { watch: null } });
    expect(server.config.server.watch).toBeNull();
  });

  it('reloads no page for a session that is stored', async () => {
    const root = createProject({ 'index.html': '<p>hello</p>' });
    const server = await serve(vite, root, {}, { directory: 'kept/sessions' });
    const sent: unknown[] = [];
    const { hot } = server.environments.client;
    const { send } = hot;
    hot.send = (...parts: unknown[]) => {
      sent.push(parts[0]);
      Reflect.apply(send, hot, parts);
    };
    const sessions = createSessionStore({ directory: join(root, 'kept', 'sessions') });
    for (let i = 0; i < 50; i++) await sessions.set(`id ${i}`, { user: 'ada' });
    await poll(() => {
      appendFileSync(join(root, 'index.html'), '<p>more</p>');
      return sent.length > 0;
    });
    expect(JSON.stringify(sent)).not.toContain('kept');
  });
});

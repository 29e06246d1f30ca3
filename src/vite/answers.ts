import { relative } from 'node:path';
import { Announcement } from '../care/running/announce.ts';
import type { Walk } from '../state/walk/walk.ts';

/** By the roots of the projects for which this process answers. */
const answered = new Map<string, Announcement>();

/**
 * Lets `holdover doctor --state` look at the memory of the app, which is that of this process.
 *
 * @param project its root, absolute
 * @param root of Vite, absolute
 */
export function answerCommands(project: string, root: string): void {
  if (answered.has(project)) return;
  let walk: Walk | undefined;
  const name = `Vite in ${relative(process.cwd(), root) || '.'}`;
  const announcement = new Announcement(project, name, {
    async look() {
      const { Walk: Looking } = await import('../state/walk/walk.ts'); // it needs a parser
      walk ??= new Looking(project);
      return walk.look();
    },
    status: () => ({ isRunning: true, url: null, host: 'vite' }),
    restarts: () => [],
    crash: () => null,
    cookie: async () => null,
  });
  if (answered.size === 0) process.once('exit', closeAll);
  answered.set(project, announcement);
}

function closeAll(): void {
  for (const announcement of answered.values()) announcement.close();
}

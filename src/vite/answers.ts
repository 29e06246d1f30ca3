import { relative } from 'node:path';
import { signCookie } from '../adopt/signed-cookies.ts';
import { Announcement } from '../asking/announcement.ts';
import { runningApp } from './running.ts';

/** By the roots of the projects for which this process answers. */
const answered = new Map<string, Announcement>();

/**
 * Lets commands and the inspector ask the app, which is in the memory of this process.
 *
 * @param project its root, absolute
 * @param root of Vite, absolute
 * @param isProduction whether Vite runs with NODE_ENV=production: then it signs no cookie
 */
export function answerCommands(project: string, root: string, isProduction: boolean): void {
  if (answered.has(project)) return;
  const name = `Vite in ${relative(process.cwd(), root) || '.'}`;
  const app = runningApp(root);
  const announcement = new Announcement(project, name, {
    status: () => app.status,
    restarts: (since) => app.restarts.since(since),
    crash: () => null,
    cookie: async (session) => (isProduction ? null : signCookie(session)),
  });
  if (answered.size === 0) process.once('exit', closeAll);
  answered.set(project, announcement);
}

function closeAll(): void {
  for (const announcement of answered.values()) announcement.close();
}

/**
 * The last `--import` of holdover's own: the process waits here, with Node, tsx and the hooks loaded,
 * until its turn has come. What follows, the user's own `--import` modules and the entry, runs as in
 * any other process: the entry is the main module.
 *
 * The worker threads of the app and the processes that it forks inherit the flag, and come here too.
 */
import { resolveOrphaned, resolveSupervised } from '../watch/supervision.ts';

if (resolveOrphaned()) process.exit();
if (resolveSupervised()) {
  const { hasGone } = await import('../watch/standby/in-app/wait-for-go.ts');
  await hasGone();
} else {
  const { beDescendant } = await import('../watch/descendants/in-app/descendants.ts');
  beDescendant();
}

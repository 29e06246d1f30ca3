import { checkVersions } from './doctor/versions.ts';
import { History, type HistoryEvent } from '../history/history.ts';
import { broken, type Check } from './doctor/check.ts';
import { checkCookies } from './doctor/cookies.ts';
import { checkDirectory } from './doctor/directory.ts';
import { checkFramework, checkVite } from './doctor/framework.ts';
import { checkMcp } from './doctor/mcp.ts';
import { checkRecords } from './doctor/records.ts';
import { checkRedis } from './doctor/redis.ts';
import { checkSecrets } from './doctor/secret.ts';
import { resolveProject, type CareOptions } from './project.ts';

/**
 * Checks everything that a person would look at who is logged out: versions, the place of the
 * sessions and the records in it, the framework, its cookie and its secret. Nothing is changed.
 *
 * @throws Error or TypeError, in one sentence, for an option that cannot be used
 */
export async function* diagnose(options: CareOptions = {}): AsyncGenerator<Check, void> {
  const resolved = resolveProject(options);
  const { root, type, isProduction } = resolved;
  yield* checkVersions(root);
  if (type === 'filesystem') yield* await checkDirectory(resolved);
  const redis = type === 'redis' || resolved.redis ? await checkRedis(resolved) : [];
  yield* redis;
  const isReachable = redis.every(({ name, state }) => name !== 'redis' || state === 'good');
  if (type === 'filesystem' || (type === 'redis' && isReachable)) {
    yield* await checkRecords(resolved).catch((error: Error) => [
      broken('records', error.message, 'Correct that, and look again.'),
    ]);
  }
  yield* checkVite(root);
  const history = readHistory();
  yield* checkFramework(resolved, history);
  yield* checkMcp(history);
  yield* checkCookies(history, isProduction);
  yield* checkSecrets(resolved, history);

  /** What was seen of the app; nothing in a project that has no key yet. */
  function readHistory(): HistoryEvent[] {
    try {
      return new History(resolved).read();
    } catch {
      return []; // why the key cannot be used was said of the records
    }
  }
}

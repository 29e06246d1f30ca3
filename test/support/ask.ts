import type { CareProject, Ended } from './care-project.ts';
import { HelperProcess } from './helper-process.ts';
import { RedisServer } from './redis-server.ts';
import { CLI } from './tools.ts';

/** What a command needs of a project. */
type Asked = Pick<CareProject, 'env' | 'redis'> & { app: { folder: string } };

const commands = new HelperProcess('commands');
const stores = new HelperProcess('statements');

/** The Redis to which the commands have connections. */
let server: Asked['redis'];

/**
 * Runs a command as `CareProject.run` does, but all commands of a file in one process, one after the other. What a
 * process does at its start and at its end is seen by `CareProject.run` alone, and a process keeps the key with
 * which it has opened a directory. It keeps its connections to a Redis too, and would say at any time that the one
 * of the test before is out of reach: so each Redis that a test may end has a process of its own.
 */
export function ask(project: Asked, words: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return commands.ask(() => {
    if (server instanceof RedisServer && server !== project.redis) commands.end();
    server = project.redis;
    return { cli: CLI, words, folder: project.app.folder, env: toEnvironment(project, env) };
  });
}

/**
 * Runs statements on the store of a namespace as `CareProject.on` does, but all of a file in one process, which is
 * another one than that of the commands.
 *
 * @returns what the statements return, as JSON has it
 */
export async function fill<Returned = void>(
  project: CareProject,
  statements: string,
  namespace = 'default',
): Promise<Returned> {
  const { folder } = project.app;
  const { returned, error } = await stores.ask<{ returned: Returned; error?: string }>(() => ({
    statements,
    namespace,
    folder,
    env: toEnvironment(project),
  }));
  if (error !== undefined) throw new Error(error);
  return returned;
}

function toEnvironment({ env }: Asked, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...env, NO_COLOR: '1', ...more };
}

import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { CareProject, Ended } from './care-project.ts';
import type { RedisDatabase } from './redis-database.ts';
import { CLI } from './tools.ts';

let child: ChildProcess | undefined;
/** The one that it has connections to. */
let server: RedisDatabase | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command that only looks, as `CareProject.run` does, but all of a file in one process, one after the
 * other: the start of Node and of the command line is nine tenths of what a command costs. What a process
 * does at its start and at its end is seen by `CareProject.run` alone, and a process keeps the key with which
 * it has opened a directory. It keeps its connections to a Redis too, and would say at any time that the one of
 * the test before is out of reach: so each Redis has a process of its own.
 */
export function ask(
  project: CareProject,
  words: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const answer = last.then(() => {
    if (project.redis !== server) endCommands();
    server = project.redis;
    child ??= startCommands();
    child.send({
      cli: CLI,
      words,
      folder: project.app.folder,
      env: { ...process.env, ...project.env, NO_COLOR: '1', ...env },
    });
    return hear(child);
  });
  last = answer.catch(() => {});
  return answer;
}

/** It ends with the process of the tests, of which it hears by its channel. */
function startCommands(): ChildProcess {
  const path = join(import.meta.dirname, 'processes', 'commands.js');
  const started = fork(path, [], { env: { ...process.env, NO_COLOR: '1' }, execArgv: [] });
  started.unref();
  started.channel?.unref();
  return started;
}

function endCommands(): void {
  child?.kill('SIGKILL');
  child = undefined;
}

function hear(from: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => {
      child = undefined;
      reject(new Error(`The process of the commands has ended with ${code}`));
    };
    from.once('exit', onExit);
    from.once('message', (ended) => {
      from.off('exit', onExit);
      resolve(ended as Ended);
    });
  });
}

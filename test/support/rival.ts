import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Options } from '../../src/index.ts';
import { startProcess, TEST_SECRET } from './processes.ts';

/** Another process on the same sessions, and what it has said. */
export interface Rival {
  rival: ChildProcess;
  said: () => string;
}

/** Starts a process that stores what it is told to, as `processes/rival.js` says. */
export async function startRival(options: Options, env: NodeJS.ProcessEnv = {}): Promise<Rival> {
  const rival = startProcess('rival', [JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, SESSION_KEY: TEST_SECRET, ...env },
  });
  let said = '';
  rival.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(rival, 'message');
  return { rival, said: () => said.replace(/.*Created session directory.*\n/, '') };
}

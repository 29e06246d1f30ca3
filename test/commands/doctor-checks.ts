import { expect } from 'vitest';
import type { Check } from '../../src/care.ts';
import { ask } from '../support/ask.ts';
import type { CareProject } from '../support/care-project.ts';

/** What the doctor says of some things, as `name state: found`. */
export async function diagnose(
  project: CareProject,
  names: string[],
  env: NodeJS.ProcessEnv = {},
  { ownProcess = false } = {},
): Promise<string> {
  const words = ['doctor', '--json'];
  // Another Node or clock is one from the first line on.
  const run = ownProcess || 'NODE_OPTIONS' in env;
  const { stdout, stderr, code } = await (run ? project.run(words, env) : ask(project, words, env));
  expect(stderr).toBe('');
  const checks = JSON.parse(stdout) as Check[];
  expect(code).toBe(checks.some(({ state }) => state === 'broken') ? 1 : 0);
  for (const { state, advice } of checks) expect(advice === undefined).toBe(state === 'good');
  const wanted = checks.filter(({ name }) => names.includes(name));
  return wanted.map(({ name, state, found }) => `${name} ${state}: ${found}`).join('\n');
}

export const STORE = `await store.set('a-session-id-of-ada', { user: 'ada' })`;

/** For a process that has to end by itself, whatever its Redis does. */
export const OWN = { ownProcess: true };

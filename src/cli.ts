#!/usr/bin/env node
import pc from 'picocolors';

try {
  const { run } = await import('./commands/run.ts'); // later: a Node that is too old cannot load it
  await run();
} catch (error) {
  process.stderr.write(`${pc.red('[holdover]')} ${await explain(error as Error)}\n`);
  process.exitCode = 1;
}

/** One sentence; what else went wrong on a Node that is too old tells nothing. */
async function explain({ message }: Error): Promise<string> {
  const { checkNode } = await import('./care/doctor/versions.ts');
  const { state, found } = checkNode();
  return state === 'good' ? message : `This is Node ${found}`;
}

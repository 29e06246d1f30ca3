#!/usr/bin/env node
import pc from 'picocolors';
import { cacheCompiledCode } from './options/compile-cache.ts';
import { toPrintable } from './session/display/printable.ts';

let command: { run: () => Promise<void> } | undefined;
cacheCompiledCode();
try {
  command = await import('./commands/run.ts'); // later: a Node that is too old may not load it
  await command.run();
} catch (error) {
  const text = `${pc.red('[holdover]')} ${toPrintable(await explain(error as Error))}\n`;
  process.stderr.write(text, () => process.exit(1)); // whatever a module of the app has opened
}

/** One sentence, and a second one on a Node that is too old: what cannot be loaded there tells nothing. */
async function explain({ message }: Error): Promise<string> {
  const { checkNode } = await import('./care/doctor/versions.ts');
  const { state, found } = checkNode();
  if (state === 'good') return message;
  return command ? `${message} (This is Node ${found})` : `This is Node ${found}`;
}

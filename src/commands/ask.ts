import { createInterface } from 'node:readline/promises';

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks for yes or no; no answer is a no. */
export async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Waits for Enter. @returns whether it has come, and not the end of the input */
export async function waitForEnter(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<boolean>((resolve) => lines.once('close', () => resolve(false)));
  const hasCome = await Promise.race([lines.question('').then(() => true), ended]);
  lines.close();
  return hasCome;
}

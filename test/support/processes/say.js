import { writeSync } from 'node:fs';

/** Prints a line, which is with the kernel when this returns: the process may be killed right after. */
export function say(line) {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

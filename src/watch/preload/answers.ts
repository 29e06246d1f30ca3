import { hostname } from 'node:os';
import { isatty } from 'node:tty';

/** Questions to the system that a module may ask while it is evaluated, as they can be asked again. */
const QUESTIONS: Record<string, () => unknown> = {
  'os.hostname': () => hostname(),
  'tty.isatty': () => [isatty(0), isatty(1), isatty(2)].join(' '),
};

/** Whether the answer to a call can be asked for again, and compared. */
export function isQuestion(path: string): boolean {
  return Object.hasOwn(QUESTIONS, path);
}

/** The answer now. */
export function ask(question: string): unknown {
  return QUESTIONS[question]?.();
}

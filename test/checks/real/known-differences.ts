import type { Difference } from './differences.ts';

interface Known {
  at: RegExp;
  /** Only these items of a list are more than they were. */
  added?: RegExp;
  why: string;
}

/** What is another way under `holdover watch`, and has to be. */
const KNOWN: Known[] = [
  {
    at: /^process\/process\/(_?channel|_?send|_?disconnect|connected|_handleQueue|_pendingMessage|Symbol\(kChannelHandle\))$/,
    why: 'Restarters speak with the app over the IPC channel of Node, which has its place in `process`.',
  },
  {
    at: /^process\/listeners\/(newListener|removeListener|internalMessage|disconnect)$/,
    why: 'The ends of that channel.',
  },
  {
    at: /^process\/listeners\/uncaughtExceptionMonitor$/,
    why: 'The page that is shown after a crash needs the error.',
  },
  {
    at: /^process\/globals$/,
    added: /^Symbol\(holdover\./,
    why: 'Two copies of holdover find each other by a symbol.',
  },
  {
    at: /^process\/process\/execArgv$/,
    why: 'The flags `--import` of holdover and, with TypeScript, of tsx.',
  },
  {
    at: /^process\/process\/chdir$/,
    why: 'Node makes another of it when node:worker_threads is loaded.',
  },
  {
    at: /^(modules\/app\/server\.[jt]s\/(id|parent)|process\/process\/mainModule)$/,
    why: 'With any `--import` an entry in CommonJS has the `parent` undefined, its path as `id`, and is no "main" of Node’s.',
  },
];

/** Whether a difference is in the table. */
export function isKnown({ at, was, is }: Difference): boolean {
  return KNOWN.some((known) => {
    if (!known.at.test(at)) return false;
    const { added } = known;
    if (!added) return true;
    if (!Array.isArray(was) || !Array.isArray(is)) return false;
    const left = is.filter((item) => !added.test(String(item)));
    return JSON.stringify(left) === JSON.stringify(was);
  });
}

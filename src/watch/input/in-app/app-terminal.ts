import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { isatty, type ReadStream } from 'node:tty';
import { send } from '../../process/in-app/channel.ts';
import { openTerminal, toKey } from '../input.ts';

/** The handle of a terminal in Node; the prototype of all of them has what follows from others. */
interface TerminalHandle {
  readStart: () => number;
}

type WithHandle = ReadStream & { _handle: TerminalHandle };

/** The terminal, until somebody else may read it. */
let own: WithHandle | undefined;
/** What was typed, and not for holdover. */
const kept: Buffer[] = [];

/**
 * Notices when the app begins to read its terminal, by whatever way of Node, or starts a process that may.
 *
 * `readStart` of a handle is not documented; every stream of Node begins by it on 20 to 24, pinned by
 * `test/watch/terminal.process.test.ts`. Where it is missing Enter does nothing.
 */
export function watchTerminal(): void {
  own = isatty(0) ? (openTerminal() as WithHandle | undefined) : undefined;
  if (!own) return;
  const prototype = Object.getPrototypeOf(own._handle) as TerminalHandle;
  const { readStart } = prototype;
  if (typeof readStart !== 'function') return leave();
  prototype.readStart = function (this: TerminalHandle) {
    if (this !== own?._handle) {
      Reflect.deleteProperty(prototype, 'readStart'); // the inherited one again
      leave(this);
    }
    return readStart.call(this);
  };
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    process.nextTick(() => {
      if (child.stdin === null) leave(); // it has that of the app
    });
  });
}

/** The app has started: where nobody reads the terminal, its keys are ours. Nothing here keeps it alive. */
export function hearKeys(): void {
  own
    ?.on('data', (input) => {
      const key = toKey(input);
      if (key) void send({ holdover: 'pressed', key });
      else kept.push(input);
    })
    .unref();
}

/** @param reader has what was typed before */
function leave(reader?: TerminalHandle): void {
  own?.destroy();
  own = undefined;
  if (!reader || kept.length === 0) return;
  const { stdin } = process as unknown as { stdin: WithHandle };
  if (stdin._handle === reader) for (const input of kept.splice(0)) stdin.push(input);
}

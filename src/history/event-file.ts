import { appendFileSync, chmodSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createDebug } from 'obug';
import { codeOf, IS_WINDOWS } from '../storage/files/disk.ts';
import { makeFolder } from '../storage/files/folders.ts';

const debug = createDebug('holdover:history');

/** A file of events, one a line, and the one before it. What cannot be written is not. */
export class EventFile<Event extends { at: number; what: string }> {
  readonly #path: string;
  readonly #longest: number;

  /** @param longest how long it may become before the next one is begun, in bytes */
  constructor(path: string, longest: number) {
    this.#path = path;
    this.#longest = longest;
  }

  append(events: Event[]): void {
    if (events.length === 0) return;
    try {
      makeFolder(dirname(this.#path));
      const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      appendFileSync(this.#path, lines, { mode: 0o600 });
      const { mode, size } = statSync(this.#path);
      // The umask takes from what was asked for.
      if (!IS_WINDOWS && (mode & 0o777) !== 0o600) chmodSync(this.#path, 0o600);
      if (size > this.#longest) renameSync(this.#path, `${this.#path}.old`);
    } catch (error) {
      debug('the history cannot be written: %o', error);
    }
  }

  read(): Event[] {
    return [`${this.#path}.old`, this.#path]
      .flatMap(readText)
      .flatMap((text) => text.split('\n').flatMap(toEvent<Event>));
  }
}

function readText(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function toEvent<Event>(line: string): Event[] {
  try {
    const event = JSON.parse(line) as { at?: unknown; what?: unknown } | null;
    const isEvent = typeof event?.at === 'number' && typeof event.what === 'string';
    return isEvent ? [event as Event] : [];
  } catch {
    return []; // half a line, of a process that was killed
  }
}

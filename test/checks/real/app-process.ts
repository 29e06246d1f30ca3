import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from '../../support/poll.ts';
import { killGroup } from '../../support/running.ts';

/** What an app has seen, as it has written it down; see `app/observe.cjs`. */
export type Observation = Record<string, unknown>;

/** One run of an app: which process it was, and what it has seen. */
export interface Seen {
  pid: number;
  observation: Observation;
}

/** They are in groups of their own, which do not end with this process. */
const running = new Set<number>();
process.once('exit', () => running.forEach(killGroup));

/** A command that runs an app, once or again and again. */
export class AppProcess {
  readonly #child: ChildProcess;
  readonly #observations: string;
  readonly #read = new Set<string>();
  #output = '';

  /** @param observations the folder into which the app writes */
  constructor(args: string[], cwd: string, env: NodeJS.ProcessEnv, observations: string) {
    this.#observations = observations;
    this.#child = spawn(process.execPath, args, { cwd, env, stdio: 'pipe', detached: true });
    running.add(this.pid);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /**
   * Waits for the next run of the app to be there.
   *
   * @throws Error with what was printed, when the app has ended instead
   */
  async next(): Promise<Seen> {
    const began = this.#output.length;
    const file = await poll(
      () => {
        const written = this.#findNew();
        const printed = this.#output.slice(began);
        const hasEnded =
          this.#child.exitCode !== null || /The app (exited with|was ended by)/.test(printed);
        if (!written && hasEnded) throw new Error(`The app has ended:\n${toEssence(printed)}`);
        return written;
      },
      { within: 60_000, every: 20 },
    ).catch((error: Error) => {
      if (error.message.startsWith('The app')) throw error;
      throw new Error(`The app does not come up:\n${toEssence(this.#output)}`, { cause: error });
    });
    this.#read.add(file);
    const text = readFileSync(join(this.#observations, file), 'utf8');
    return { pid: Number.parseInt(file, 10), observation: JSON.parse(text) as Observation };
  }

  /** Ends it, with all that it has started. */
  async end(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    killGroup(this.pid);
    running.delete(this.pid);
    if (exitCode !== null || signalCode !== null) return;
    await new Promise((resolve) => this.#child.once('exit', resolve));
  }

  #findNew(): string | undefined {
    const written = readdirSync(this.#observations).filter((name) => name.endsWith('.json'));
    return written.find((name) => !this.#read.has(name));
  }
}

/** The lines that say why. */
function toEssence(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const error = lines.findIndex((line) => /^\w*Error\b/.test(line));
  return lines.slice(Math.max(0, error), Math.max(0, error) + 12).join('\n');
}

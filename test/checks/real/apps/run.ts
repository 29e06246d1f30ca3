import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeOver } from '../../../support/app.ts';
import { poll } from '../../../support/poll.ts';
import { killGroup } from '../../../support/running.ts';
import { HOLDOVER, toModule, type Place, type RealApp } from './real-app.ts';

const CLI = fileURLToPath(new URL('../../../../dist/cli.js', import.meta.url));

/** They are in groups of their own, which do not end with this process. */
const running = new Set<number>();
process.once('exit', () => running.forEach(killGroup));

/** One app, run again and again by hand, by its own restarter or by holdover. */
export class Run {
  readonly #app: RealApp;
  readonly #place: Place;
  readonly isHeld: boolean;
  #child: ChildProcess | undefined;
  #builder: ChildProcess | undefined;
  /** What the builder has printed since the last save. */
  #built = '';
  /** All that was printed. */
  stdout = '';
  stderr = '';

  constructor(app: RealApp, place: Place, isHeld: boolean) {
    this.#app = app;
    this.#place = place;
    this.isHeld = isHeld;
  }

  get #isWatching(): boolean {
    return this.isHeld || this.#app.isPlainWatching === true;
  }

  async begin(): Promise<void> {
    const { builder } = this.#app;
    if (builder) {
      this.#built = '';
      this.#builder = this.#spawn(builder.words, 'built');
      await this.#untilBuilt(builder.done);
    }
    this.#child = this.#spawn(this.isHeld ? this.#app.held : this.#app.plain);
  }

  /** Saves a version, and has it run; who runs it by hand ends the app and starts it again. */
  async save(version: string): Promise<void> {
    const { builder } = this.#app;
    this.#write(version);
    if (builder) {
      await poll(() => this.#readBuilt().includes(version), { within: 120_000 });
      await this.#untilBuilt(builder.done);
    }
    await this.#restart();
  }

  async #restart(): Promise<void> {
    if (this.#isWatching) return;
    if (this.#child?.exitCode === null) await this.#end('SIGTERM');
    this.#child = this.#spawn(this.#app.plain);
  }

  /** Saves a syntax error, and waits until it has been noticed. */
  async break(): Promise<void> {
    const [stdout, stderr] = [this.stdout.length, this.stderr.length];
    const printed = (): string => this.stdout.slice(stdout) + this.stderr.slice(stderr);
    const { builder } = this.#app;
    const refuses = this.#app.refuses ?? (this.isHeld ? /The app exited with/ : undefined);
    this.#write("'"); // as long as a version, so that no fix is there by halves
    if (builder) await this.#untilBuilt(builder.refuses);
    await this.#restart();
    if (refuses) await poll(() => refuses.test(printed()), { within: 60_000 });
    else await this.#ended();
  }

  /** As a crash of all of it would, and a new start. */
  async killAndStart(): Promise<void> {
    if (this.#builder) await endGroup(this.#builder, 'SIGKILL');
    await this.#end('SIGKILL');
    await this.begin();
  }

  /**
   * Ctrl-C. Without a terminal, holdover passes it on by itself: a second one could mean "at once" to the
   * app. Gives the exit code as a shell has it, where a signal counts from 128.
   */
  async interrupt(): Promise<number | null> {
    if (this.#app.isPlainWatching) await this.#end('SIGINT');
    else this.#child?.kill('SIGINT');
    await this.#ended();
    if (this.#builder) await endGroup(this.#builder, 'SIGINT');
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    return signalCode ? 128 + constants.signals[signalCode] : exitCode;
  }

  stop(): void {
    for (const child of [this.#child, this.#builder]) if (child?.pid) killGroup(child.pid);
  }

  #spawn(words: string[], output?: 'built'): ChildProcess {
    const args = words.map((word) => (word === HOLDOVER ? CLI : word));
    const { folder: cwd, env } = this.#place;
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child.pid as number);
    child.once('exit', () => running.delete(child.pid as number));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === 'built') this.#built += text;
      else this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    return child;
  }

  #write(version: string): void {
    this.#built = '';
    const { path, toText } = this.#app.saved ?? { path: 'version.js', toText: toModule };
    writeOver(this.#place, path, toText(version)); // Nitro reads what is there at once
  }

  /** Waits until the builder says so, after what was written last. */
  async #untilBuilt(says: RegExp): Promise<void> {
    await poll(() => says.test(this.#built), { within: 120_000 });
  }

  #readBuilt(): string {
    return readIfThere(join(this.#place.folder, this.#app.builder?.built ?? ''));
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child) await endGroup(this.#child, signal);
  }

  async #ended(): Promise<void> {
    const child = this.#child as ChildProcess;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  }
}

async function endGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-(child.pid as number), signal);
  await closed;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

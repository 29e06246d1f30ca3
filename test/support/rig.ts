import { createApp, writeOver, type App } from './app.ts';
import { Browser } from './browser.ts';
import { copiesOf, childrenOf, isAlive } from './children.ts';
import { currentLifetime } from './lifetime.ts';
import { linkPackage } from './packages.ts';
import { bePatientWithRedis } from './patient-redis.ts';
import { poll } from './poll.ts';
import { killGroup, start, type Running } from './running.ts';
import { HOLDOVER_WATCH, type Tool } from './tools.ts';

/** The folder of an app. */
export type Project = Omit<App, 'port' | 'url'>;

/** An app, and how it is started. */
export interface Setup {
  /** An app of `test/fixtures/apps` to copy. Without it the app is an ES module named "rig". */
  fixture?: string;
  /** More files of the app, by path. */
  files?: Record<string, string>;
  /** More of our packages, beside those that each app has. */
  packages?: string[];
  /** Changes the app before it starts. */
  prepare?: (project: Project) => void;
  /** @default `holdover watch` */
  tool?: Tool;
  /** The flags of the tool, the entry, and its arguments. @default ['server.js'] */
  words?: string[];
  /**
   * Whether `holdover watch` prepares a standby, which takes most of its processor time, and tells of it.
   *
   * @default false
   */
  hasStandby?: boolean;
  env?: NodeJS.ProcessEnv;
  /** Whether PORT is a free port: for an app that prints no address, or has to know it before. @default false */
  needsPort?: boolean;
  /** Whether calls to Redis end after half a second, as they do for users. @default false */
  isImpatient?: boolean;
}

/**
 * An app in a folder of its own, the tool that runs it, and a browser that asks it.
 *
 *     const rig = await Rig.start({ fixture: 'plain' });
 *     await rig.answers({ version: '1' });
 *     rig.save('version.js', "export const version = '2';\n");
 *     const { pid } = await rig.answers<{ version: string; pid: number }>({ version: '2' });
 *     await rig.kill(pid);
 *     await rig.killAll();
 *     rig.startAgain();
 *
 * The app listens on `process.env.PORT`, which is 0, and prints `listening on ${port}` or `listening on ${url}`:
 * the rig asks it there. All of it ends with the test; `share(() => Rig.start(…))` makes one for all tests of a
 * file. A test that fails prints what the tool and the app have printed.
 */
export class Rig {
  readonly app: Project;
  readonly #given: App;
  readonly browser: Browser;
  readonly tool: Tool;
  running: Running;
  readonly #setup: Setup;
  readonly #lifetime = currentLifetime();

  /** Makes the app, and starts the tool. */
  static async start(setup: Setup = {}): Promise<Rig> {
    const { fixture, files = {}, packages = [], prepare, env, isImpatient = false } = setup;
    const app = await createApp(fixture);
    if (!fixture) app.write('package.json', '{ "name": "rig", "type": "module" }');
    for (const [path, content] of Object.entries(files)) app.write(path, content);
    for (const name of packages) linkPackage(app, name);
    prepare?.(app);
    if (env?.REDIS_URL && !isImpatient) bePatientWithRedis(app);
    return new Rig(app, setup);
  }

  private constructor(app: App, setup: Setup) {
    this.app = app;
    this.#given = app;
    this.tool = setup.tool ?? HOLDOVER_WATCH;
    this.#setup = setup;
    this.browser = new Browser(this);
    this.running = this.#begin();
  }

  /** What the tool and the app have printed since they were started last. */
  get output(): string {
    return this.running.output;
  }

  /** Where the app listens. Throws before it does. */
  get url(): string {
    if (this.#setup.needsPort) return this.#given.url;
    const printed = [...this.output.matchAll(LISTENING)].at(-1)?.[1];
    if (printed === undefined) throw new Error(`The app has printed no address:\n${this.output}`);
    return /^\d+$/.test(printed) ? `http://localhost:${printed}` : printed;
  }

  /** The port on which the app listens. Throws before it does. */
  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Waits until the app has printed its address so often since the last start, and returns its port. */
  async listens(times = 1): Promise<number> {
    await this.printed(LISTENING, times);
    return this.port;
  }

  /** Waits for an answer to a GET that has these parts, and returns it. */
  async answers<T extends object>(parts: Partial<T>, path = '/', browser = this.browser) {
    let last: T | undefined;
    const answer = poll(async () => {
      last = (await browser.json<T>(path)) ?? last;
      const wanted = Object.entries(parts) as [keyof T, unknown][];
      return last && wanted.every(([key, value]) => last?.[key] === value) ? last : undefined;
    });
    return answer.catch((cause: Error) => {
      const message = `${path} did not answer ${JSON.stringify(parts)}, but ${JSON.stringify(last)}`;
      throw new Error(`${message}. ${this.tool.name} has printed:\n${this.output}`, { cause });
    });
  }

  /** Saves a file in one write where the new text is not shorter: an app that reads it never finds it empty. */
  save(path: string, content: string): void {
    writeOver(this.app, path, content);
  }

  /**
   * Saves a file, and waits for something. A tool that misses saves while it restarts gets further ones, each
   * later than the last, as the start that is under way may take long on a busy machine.
   */
  async saveUntil<T>(path: string, content: string, until: () => Promise<T>): Promise<T> {
    this.save(path, content);
    let again: NodeJS.Timeout | undefined;
    const saveIn = (delay: number): void => {
      again = setTimeout(() => {
        this.app.write(path, content);
        // After a mistake Node 22 watches the entry only.
        const entry = this.#words.find((word) => /\.[cm]?[jt]s$/.test(word)) as string;
        this.app.write(entry, this.app.read(entry));
        saveIn(2 * delay);
      }, delay);
    };
    if (this.tool.missesSaves) saveIn(3000);
    try {
      return await until();
    } finally {
      clearTimeout(again);
    }
  }

  /** Kills a process of the app, and waits until it is gone. */
  async kill(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    await poll(() => !isAlive(pid));
  }

  /** Kills the tool and all that it has started, as a power cut would, and waits until the tool is gone. */
  async killAll(): Promise<void> {
    killGroup(this.running.pid);
    await this.running.exited;
  }

  /** Starts the tool once more, when it has ended. */
  startAgain(): void {
    this.running = this.#begin();
  }

  /** Returns how often something was printed since the last start; `^` and `$` are those of a line. */
  count(text: RegExp): number {
    return [...this.output.matchAll(new RegExp(text, 'gm'))].length;
  }

  /** Waits until something was printed so often since the last start. */
  async printed(text: RegExp, times = 1): Promise<void> {
    await poll(() => this.count(text) >= times).catch((cause: Error) => {
      const message = `${text} was not printed ${times} times, but:\n${this.output}`;
      throw new Error(message, { cause });
    });
  }

  /** Does something, and waits until something was printed once more than before it. */
  async printsAfter(act: () => void, text: RegExp): Promise<void> {
    const times = this.count(text) + 1;
    act();
    await this.printed(text, times);
  }

  /** Presses Enter, which restarts the app, and waits until something was printed once more. */
  async restart(text = LISTENING): Promise<void> {
    await this.printsAfter(() => this.running.type('\n'), text);
  }

  /** Returns what the app has printed as JSON after a word, the last time. */
  last<T>(word: string): T {
    const lines = this.output.split('\n').filter((line) => line.startsWith(`${word} `));
    return JSON.parse((lines.at(-1) ?? '').slice(word.length)) as T;
  }

  /** Waits until `holdover watch` has a socket of the app, which outlives a run from then on. */
  async holds(port = this.port): Promise<void> {
    const { pid } = this.running;
    // Where that cannot be seen, until it has started all that it needs.
    const isHeld = (): boolean =>
      process.platform === 'linux' ? copiesOf(port, pid) > 0 : childrenOf(pid).length > 0;
    await poll(isHeld);
  }

  /** Waits until a standby is ready, and returns its process. Needs `hasStandby`. @param app see `standbyOf` */
  standsBy(app?: number): Promise<number> {
    return standbyOf(this.running, app);
  }

  get #words(): string[] {
    return this.#setup.words ?? ['server.js'];
  }

  #begin(): Running {
    const { env, needsPort = false, hasStandby = false } = this.#setup;
    const port = needsPort ? this.#given.port : 0;
    const isHoldover = this.tool.name === HOLDOVER_WATCH.name;
    const flags = isHoldover ? [hasStandby ? '--verbose' : '--no-standby'] : [];
    return start(
      process.execPath,
      this.tool.command([...flags, ...this.#words]),
      { cwd: this.app.folder, env: { PORT: String(port), ...env } },
      this.#lifetime,
    );
  }
}

/**
 * Waits until `holdover watch --verbose` says that a standby is ready for the next restart, and returns it.
 *
 * @param app the process that runs the app now: it may have been a standby
 */
export function standbyOf(running: Running, app?: number): Promise<number> {
  return poll(() => {
    const ready = running.output.matchAll(/Process (\d+) is ready for the next restart/g);
    return [...ready].map(([, pid]) => Number(pid)).find((pid) => pid !== app && isAlive(pid));
  });
}

/** How an app says where it listens. */
const LISTENING = /^listening on (https?:\/\/\S+|\d+)$/gm;

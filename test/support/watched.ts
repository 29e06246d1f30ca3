import { createApp, type App } from './app.ts';
import { childrenOf, copiesOf } from './children.ts';
import { poll } from './poll.ts';
import { start, type Running } from './running.ts';
import { CLI } from './tools.ts';

/** How an app is started. */
interface Beginning {
  /** A fixture to copy. */
  fixture?: string;
  /** More files, by path. */
  files?: Record<string, string>;
  words?: string[];
  env?: NodeJS.ProcessEnv;
  /** Has its turn before the start. */
  prepare?: (app: App) => void;
}

/** Any app under `holdover watch`; PORT is a free port. */
export class Watched {
  readonly app: App;
  readonly running: Running;

  static async begin(beginning: Beginning): Promise<Watched> {
    const { fixture, files = {}, words = ['server.js'], env = {}, prepare } = beginning;
    const app = await createApp(fixture);
    if (!fixture) app.write('package.json', '{ "name": "watched-app", "type": "module" }');
    for (const [path, content] of Object.entries(files)) app.write(path, content);
    prepare?.(app);
    const running = start(process.execPath, [CLI, 'watch', ...words], {
      cwd: app.folder,
      env: { PORT: String(app.port), ...env },
    });
    return new Watched(app, running);
  }

  private constructor(app: App, running: Running) {
    this.app = app;
    this.running = running;
  }

  /** How often something was printed. */
  count(text: RegExp): number {
    return [...this.running.output.matchAll(new RegExp(text, 'gm'))].length;
  }

  /** Waits until something was printed so often. */
  async printed(text: RegExp, times = 1): Promise<void> {
    await poll(() => this.count(text) >= times).catch((cause: Error) => {
      const message = `${text} was not printed ${times} times, but:\n${this.running.output}`;
      throw new Error(message, { cause });
    });
  }

  /** Waits until a port, and what was listened on before it, outlives a run of the app. */
  async holds(port = this.app.port): Promise<void> {
    await untilHeld(this.running.pid, port);
  }

  /** Presses Enter, and waits until the app has printed something once more. */
  async restart(text: RegExp): Promise<void> {
    const times = this.count(text) + 1;
    this.running.type('\n');
    await this.printed(text, times);
  }

  /** What the app has printed as JSON after a word, the last time. */
  last<T>(word: string): T {
    const lines = this.running.output.split('\n').filter((line) => line.startsWith(`${word} `));
    return JSON.parse((lines.at(-1) ?? '').slice(word.length)) as T;
  }
}

/** Waits until holdover holds the socket of a port. Where that cannot be seen, until it has all it needs. */
export async function untilHeld(supervisor: number, port: number): Promise<void> {
  const isLinux = process.platform === 'linux';
  await poll(() => (isLinux ? copiesOf(port, supervisor) > 0 : childrenOf(supervisor).length > 1));
}

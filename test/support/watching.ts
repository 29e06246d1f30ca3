import { poll } from './poll.ts';
import { createApp, type App } from './app.ts';
import { Browser } from './browser.ts';
import { start, type Running } from './running.ts';
import { CLI } from './tools.ts';

/** What the plain app answers. */
export interface Answer {
  version: string;
  pid: number;
  argv: string[];
  flag?: string;
}

/** The plain app under `holdover watch`. */
export class Watching {
  readonly app: App;
  readonly running: Running;
  readonly browser: Browser;

  static async begin(words: string[] = ['server.js'], prepare?: (app: App) => void) {
    const app = await createApp('plain');
    prepare?.(app);
    const running = start(process.execPath, [CLI, 'watch', ...words], {
      cwd: app.folder,
      env: { PORT: String(app.port) },
    });
    return new Watching(app, running);
  }

  private constructor(app: App, running: Running) {
    this.app = app;
    this.running = running;
    this.browser = new Browser(app.url);
  }

  /** Saves a version; `statements` run before the server listens. */
  save(version: string, statements = ''): void {
    this.app.write('version.js', `export const version = '${version}';\n${statements}`);
  }

  /** Waits for the answer of a version. */
  async answers(version = '1'): Promise<Answer> {
    return poll(async () => {
      const answer = await this.browser.json<Answer>('/');
      return answer?.version === version ? answer : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}\nholdover has printed:\n${this.running.output}`, {
        cause: error,
      });
    });
  }
}

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { poll } from '../support/poll.ts';
import { killGroup, start, type Running } from '../support/running.ts';
import { install, PREVIEW, type Subject } from './subjects.ts';

/** What an app of the fixtures says of a request. */
export interface Me {
  user?: string;
  visits: number;
  version: string;
  entry: string;
  config?: string;
  env?: string;
  pid: number;
}

/** A person who works on an app inside Vite, and looks whether they are logged in. */
export class ViteStory {
  readonly app: App;
  readonly browser: Browser;
  running: Running;
  readonly #subject: Subject;

  static async begin(subject: Subject, viteInstalledAs: string): Promise<ViteStory> {
    const app = await createApp(subject.fixture);
    install(app, viteInstalledAs);
    subject.prepare?.(app);
    const story = new ViteStory(subject, app);
    await story.answers({});
    return story;
  }

  private constructor(subject: Subject, app: App) {
    this.app = app;
    this.#subject = subject;
    this.browser = new Browser(app.url);
    this.running = this.#start(subject.command(app.port));
  }

  async login(user: string): Promise<void> {
    const answer = await this.browser.json(`/login?user=${user}`, { method: 'POST' });
    expect(answer).toEqual({ user });
  }

  /** Replaces a text in a file of the app. */
  edit(path: string, before: string, after: string): void {
    const content = this.app.read(path);
    expect(content).toContain(before);
    this.save(path, content.replace(before, after));
  }

  /** Replaces a file as a whole: Vite may read one that is being written. */
  save(path: string, content: string): void {
    this.app.write(`${path}.new`, content);
    renameSync(join(this.app.folder, `${path}.new`), join(this.app.folder, path));
  }

  /** Waits for an answer that has these parts. */
  async answers(parts: Partial<Me>, browser = this.browser): Promise<Me> {
    let last: Me | undefined;
    const me = poll(async () => {
      last = await browser.json<Me>('/me');
      const isSo = Object.entries(parts).every(([key, value]) => last?.[key as keyof Me] === value);
      return isSo ? last : undefined;
    });
    return me.catch((cause: Error) => {
      const message = `${JSON.stringify(parts)} was not answered, but ${JSON.stringify(last)}. ${this.#subject.name} has printed:\n${this.running.output}`;
      throw new Error(message, { cause });
    });
  }

  /** Has the app call `server.restart()`, and waits until that is done. */
  async restart(): Promise<void> {
    const { length } = this.running.output;
    await this.browser.text('/restart');
    await this.running.printed('server restarted.', length);
  }

  /** Ends the dev server, and starts it again. */
  async startAgain(signal: NodeJS.Signals): Promise<void> {
    await this.end(signal);
    this.running = this.#start(this.#subject.command(this.app.port));
  }

  /** Ends the dev server, and starts the preview server. */
  async startPreview(): Promise<void> {
    await this.end('SIGTERM');
    this.app.write('dist/index.html', '<p>built</p>');
    this.running = this.#start(PREVIEW(this.app.port));
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (signal === 'SIGKILL') killGroup(this.running.pid);
    else this.running.kill(signal);
    await this.running.exited;
  }

  #start(words: string[]): Running {
    return start(process.execPath, words, {
      cwd: this.app.folder,
      env: { PORT: String(this.app.port), ...this.#subject.env },
    });
  }
}

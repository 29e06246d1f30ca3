import { expect } from 'vitest';
import { isAlive } from '../../src/storage/files/owners.ts';
import { createApp, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { linkPackage } from '../support/packages.ts';
import { bePatientWithRedis } from '../support/patient-redis.ts';
import { poll } from '../support/poll.ts';
import { killGroup, type Running } from '../support/running.ts';
import { run, type Tool } from './tools.ts';

/** An app of the fixtures, and the file of it that is edited. */
export interface Subject {
  name: string;
  /** What its code is, where it is one of those below. */
  code?: 'CommonJS' | 'ESM' | 'TypeScript';
  fixture: string;
  entry: string;
  versionFile: string;
  /** More packages of ours that it has. */
  packages?: string[];
  /** A version file with a given version. */
  version: (version: string) => string;
}

const HONO = ['hono', 'hono-sessions', '@hono/node-server'];
const ESM = (version: string) => `export const version = '${version}';\n`;

/** The apps whose logins are held over. */
const SUBJECTS: Subject[] = [
  {
    name: 'Express, ESM',
    code: 'ESM',
    fixture: 'express-esm',
    entry: 'server.js',
    versionFile: 'version.js',
    version: ESM,
  },
  {
    name: 'Express, CommonJS',
    code: 'CommonJS',
    fixture: 'express-cjs',
    entry: 'server.js',
    versionFile: 'version.js',
    version: (version) => `exports.version = '${version}';\n`,
  },
  {
    name: 'Express, TypeScript',
    code: 'TypeScript',
    fixture: 'express-ts',
    entry: 'src/server.ts',
    versionFile: 'src/version.ts',
    version: ESM,
  },
  {
    name: 'Fastify, TypeScript',
    code: 'TypeScript',
    fixture: 'fastify-ts',
    entry: 'src/server.ts',
    versionFile: 'src/version.ts',
    version: ESM,
  },
  {
    name: 'Hono, ESM',
    code: 'ESM',
    fixture: 'hono-esm',
    packages: HONO,
    entry: 'server.js',
    versionFile: 'version.js',
    version: ESM,
  },
  {
    name: 'Hono, TypeScript',
    code: 'TypeScript',
    fixture: 'hono-ts',
    packages: HONO,
    entry: 'src/server.ts',
    versionFile: 'src/version.ts',
    version: ESM,
  },
  {
    name: 'Koa with koa-generic-session',
    code: 'ESM',
    fixture: 'koa-generic',
    entry: 'server.js',
    versionFile: 'version.js',
    version: ESM,
    packages: ['koa', 'koa-generic-session'],
  },
];

/** One of these apps, by its name. */
export function findSubject(name: string): Subject {
  const subject = SUBJECTS.find((candidate) => candidate.name === name);
  if (!subject) throw new Error(`There is no app ${name}.`);
  return subject;
}

/** What an app says of the person who asks, and of itself. */
export interface Me {
  user?: string;
  visits?: number;
  version: string;
  pid: number;
}

/** A person who works on an app: saves files, kills processes, and looks whether they are logged in. */
export class Story {
  readonly #app: App;
  readonly #tool: Tool;
  readonly #subject: Subject;
  readonly #env: NodeJS.ProcessEnv;
  readonly browser: Browser;
  #running: Running;
  #version = 1;

  static async begin(tool: Tool, subject: Subject, env: NodeJS.ProcessEnv = {}): Promise<Story> {
    const app = await createApp(subject.fixture);
    for (const name of subject.packages ?? []) linkPackage(app, name);
    if (env.REDIS_URL) bePatientWithRedis(app);
    const story = new Story(tool, subject, app, env);
    await story.answers();
    return story;
  }

  private constructor(tool: Tool, subject: Subject, app: App, env: NodeJS.ProcessEnv) {
    this.#app = app;
    this.#tool = tool;
    this.#subject = subject;
    this.#env = env;
    this.browser = new Browser(app.url);
    this.#running = run(tool, app, subject.entry, env);
  }

  get url(): string {
    return this.#app.url;
  }

  /** What the tool and the app have printed since they were started last. */
  get output(): string {
    return this.#running.output;
  }

  async login(user: string, browser = this.browser): Promise<void> {
    const answer = await browser.json('/login?user=' + user, { method: 'POST' });
    expect(answer).toEqual({ user });
  }

  /** Saves a file that is right, and waits for an answer of the new code. */
  async save(): Promise<Me> {
    this.#version += 1;
    const version = String(this.#version);
    return this.#whileSaving(this.#subject.version(version), () => this.answers(version));
  }

  /** Saves a file with a mistake, and waits until the app has ended. */
  async saveMistake(): Promise<void> {
    const { pid } = await this.answers();
    const printed = this.#running.output.length;
    await this.#whileSaving('const = mistake;\n', async () => {
      await poll(() => !isAlive(pid));
      await this.#running.printed(/SyntaxError|Transform ?failed|TransformError/i, printed);
    });
  }

  /** What the tool has printed since it was started last. */
  get printed(): string {
    return this.#running.output;
  }

  async killApp(): Promise<void> {
    const { pid } = await this.answers();
    process.kill(pid, 'SIGKILL');
    await poll(() => !isAlive(pid));
  }

  async killEverythingAndStart(): Promise<Me> {
    const { pid } = await this.answers();
    killGroup(this.#running.pid);
    await poll(() => !isAlive(pid));
    this.#running = run(this.#tool, this.#app, this.#subject.entry, this.#env);
    return this.answers();
  }

  /** Waits for an answer, of a version of the code when one is given. */
  async answers(version = String(this.#version), browser = this.browser): Promise<Me> {
    const me = poll(async () => {
      const answer = await browser.json<Me>('/me');
      return answer?.version === version ? answer : undefined;
    });
    return me.catch((error: Error) => {
      const { output } = this.#running;
      throw new Error(`${error.message}\n${this.#tool.name} has printed:\n${output}`, {
        cause: error,
      });
    });
  }

  /** Saves, and saves again every now and then where a save may be missed, until what is waited for comes. */
  async #whileSaving<T>(content: string, until: () => Promise<T>): Promise<T> {
    const { entry, versionFile } = this.#subject;
    const save = (): void => this.#app.write(versionFile, content);
    save();
    const saveAll = (): void => {
      save();
      // After a mistake Node 22 watches the entry only.
      this.#app.write(entry, this.#app.read(entry));
    };
    // Each time later, as the start that is under way may take long on a busy machine.
    let again: NodeJS.Timeout | undefined;
    const saveIn = (delay: number): void => {
      again = setTimeout(() => {
        saveAll();
        saveIn(2 * delay);
      }, delay);
    };
    if (this.#tool.missesSaves) saveIn(3000);
    try {
      return await until();
    } finally {
      clearTimeout(again);
    }
  }
}

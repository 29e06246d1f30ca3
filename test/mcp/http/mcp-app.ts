import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../../src/storage/files/owners.ts';
import { HOLDOVER_WATCH, type Tool } from '../../support/tools.ts';
import { createApp, writeOver, type App } from '../../support/app.ts';
import { linkPackage } from '../../support/packages.ts';
import { poll } from '../../support/poll.ts';
import { start, type Running } from '../../support/running.ts';
import { TestClient, type Making, type Sdk, type Version } from './clients.ts';

const PACKAGES = [
  '@modelcontextprotocol',
  '@hono',
  'hono',
  'fastmcp',
  'zod',
  'compression',
  'cors',
  'express-rate-limit',
  'helmet',
];

/** How an app is started. */
export interface Starting {
  tool?: Tool;
  /** Of `holdover watch`. @default ['--no-standby'], which takes less of the processor */
  flags?: string[];
  /** Where MCP is. @default '/mcp' */
  path?: string;
  protocol?: 'http' | 'https';
  env?: NodeJS.ProcessEnv;
  /** Has its turn before the start. */
  prepare?: (app: App) => void;
}

/** An MCP server of the fixtures, in a folder of its own, and what is saved in it. */
export class McpApp {
  readonly app: App;
  readonly url: string;
  readonly running: Running;
  readonly #tool: Tool;
  #version = 1;

  /** Starts one of the servers, by default under `holdover watch`, and waits until it listens. */
  static async start(name: string, starting: Starting = {}): Promise<McpApp> {
    const { flags = ['--no-standby'], path = '/mcp', protocol = 'http', env, prepare } = starting;
    const { tool = watchWith(flags) } = starting;
    const app = await createApp('mcp');
    for (const each of PACKAGES) linkPackage(app, each);
    prepare?.(app);
    const running = start(process.execPath, tool.command([`${name}.js`]), {
      cwd: app.folder,
      env: { PORT: String(app.port), LANG: 'C', ...env },
    });
    const mcp = new McpApp(app, `${protocol}://127.0.0.1:${app.port}${path}`, running, tool);
    await running.printed('listening');
    return mcp;
  }

  private constructor(app: App, url: string, running: Running, tool: Tool) {
    this.app = app;
    this.url = url;
    this.running = running;
    this.#tool = tool;
  }

  /** Whether what restarts it may miss a save. */
  get missesSaves(): boolean {
    return this.#tool.missesSaves;
  }

  connect(sdk: Sdk, making: Making = {}): Promise<TestClient> {
    return TestClient.connect(sdk, this.url, making);
  }

  /** The version of the code that was saved last. */
  get version(): string {
    return String(this.#version);
  }

  /** The tool that the last save has added. */
  get added(): string {
    return `added-${this.#version}`;
  }

  /** Saves code with another version, and one more tool. */
  save(): void {
    this.#version += 1;
    this.saveAgain();
  }

  /** Saves the same once more, for who has missed it. */
  saveAgain(): void {
    writeOver(this.app, 'change.js', changed(this.version, this.added));
  }

  /** Saves code that throws when it is evaluated, and waits until the process has ended by it. */
  async saveMistake(): Promise<void> {
    const { length } = this.running.output;
    writeOver(this.app, 'change.js', changed('0', 'none', "throw new Error('a mistake');"));
    await this.running.printed('a mistake', length);
  }

  /** Kills the process of the app, and waits until it has gone. */
  async kill(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    await poll(() => !isAlive(pid));
  }

  /** Waits until the new process listens, and holdover has said so. @param since length of the output */
  async restarted(since: number): Promise<void> {
    await this.running.printed(/^listening$/m, since);
    await this.running.printed(/\] change\.js/, since);
  }

  /** Saves, and waits until the new process listens: nobody has called it yet. */
  async restart(): Promise<void> {
    const { length } = this.running.output;
    this.save();
    await this.restarted(length);
  }

  /** How often something was printed. */
  count(text: string): number {
    return this.running.output.split(text).length - 1;
  }

  /** Calls until the code that was saved last answers; only where it may, a call fails meanwhile. */
  async answers(client: TestClient, mayFail = this.missesSaves): Promise<Version> {
    const deadline = performance.now() + LIMIT;
    for (;;) {
      const answer = await client.call('version').catch((error: Error) => error);
      const failed = answer instanceof Error;
      if (!failed && answer.version === this.version) return answer;
      if (failed && !mayFail) throw answer;
      if (performance.now() > deadline) {
        throw failed ? answer : new Error(`Version ${answer.version} has answered.`);
      }
      await delay(50);
    }
  }
}

/** How long the code that was saved may take to answer, in milliseconds. */
const LIMIT = 30_000;

function watchWith(flags: string[]): Tool {
  return { ...HOLDOVER_WATCH, command: (words) => HOLDOVER_WATCH.command([...flags, ...words]) };
}

/** Always of the same length: nobody can see the end of the last one behind the beginning of the next. */
function changed(version: string, tool: string, statement = ''): string {
  const lines = [`export const version = '${version}';`, `export const added = ['${tool}'];`];
  return [...lines, statement, ''].join('\n').padEnd(200);
}

import { setTimeout as delay } from 'node:timers/promises';
import { Rig, type Setup } from '../support/rig.ts';
import { HOLDOVER_WATCH } from '../support/tools.ts';
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

/** How a server is started. */
export interface Starting extends Pick<Setup, 'tool' | 'hasStandby' | 'env' | 'prepare'> {
  /** Of `holdover watch`. */
  flags?: string[];
  /** Where MCP is. @default '/mcp' */
  path?: string;
}

/** An MCP server of the fixtures, in a folder of its own, and what is saved in it. */
export class McpApp {
  readonly rig: Rig;
  readonly url: string;
  #version = 1;

  /** Starts one of the servers, by default under `holdover watch`, and waits until it listens. */
  static async start(name: string, starting: Starting = {}): Promise<McpApp> {
    const { flags = [], path = '/mcp', env, ...setup } = starting;
    const rig = await Rig.start({
      fixture: 'mcp',
      packages: PACKAGES,
      words: [...flags, `${name}.js`],
      // Other tools hold no socket, and fastmcp does not tell its port.
      needsPort:
        setup.tool !== undefined && setup.tool !== HOLDOVER_WATCH ? true : name === 'fastmcp',
      env: { LANG: 'C', ...env },
      ...setup,
    });
    await rig.listens();
    return new McpApp(rig, path);
  }

  private constructor(rig: Rig, path: string) {
    this.rig = rig;
    this.url = new URL(path, rig.url.replace('localhost', '127.0.0.1')).href;
  }

  /** Whether what restarts it may miss a save. */
  get missesSaves(): boolean {
    return this.rig.tool.missesSaves;
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

  /** Saves the same once more, for a tool that has missed it. */
  saveAgain(): void {
    this.rig.save('change.js', toChange(this.version, this.added));
  }

  /** Saves code that throws when it is evaluated, and waits until the process has ended by it. */
  saveMistake(): Promise<void> {
    const mistake = toChange('0', 'none', "throw new Error('a mistake');");
    return this.rig.printsAfter(() => this.rig.save('change.js', mistake), /exited with code 1/);
  }

  /** Saves, and waits until the new process listens, and holdover has said so: nobody has called it yet. */
  async restart(): Promise<void> {
    const times = this.rig.count(/\] change\.js/) + 1;
    await this.rig.printsAfter(() => this.save(), /^listening on /);
    await this.rig.printed(/\] change\.js/, times);
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
const LIMIT = 90_000;

/** Always of the same length: nobody can see the end of the last one behind the beginning of the next. */
function toChange(version: string, tool: string, statement = ''): string {
  const lines = [`export const version = '${version}';`, `export const added = ['${tool}'];`];
  return [...lines, statement, ''].join('\n').padEnd(200);
}

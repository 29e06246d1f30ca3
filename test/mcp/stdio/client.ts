import * as v2 from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioClientTransportV2 } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  ElicitRequestSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { Stream } from 'node:stream';
import { onTestFailed, onTestFinished } from 'vitest';
import { CLI } from '../../support/tools.ts';
import type { App } from '../../support/app.ts';
import { poll } from '../../support/poll.ts';

/** `auto` is the second generation, in the protocol of 2026-07-28. */
export type Sdk = 'v1' | 'v2' | 'auto';

/** What the tool `version` answers. */
export interface Version {
  version: string;
  pid: number;
  client?: { name: string; version: string };
  capabilities?: Record<string, unknown>;
}

/** How long a client waits for an answer, in milliseconds. */
const PATIENCE = 60_000;

const INFO = { name: 'a client', version: '1.2.3' };
const CAPABILITIES = { elicitation: {} };

type Content = { content: { text: string }[] };
type Answer = (word: string) => void;

/** A real client of a server under `holdover watch`, as its configuration would have it. */
export class StdioClient {
  /** What the client could not read. */
  readonly errors: Error[] = [];
  /** How often it was told that there are other tools. */
  changes = 0;
  /** Questions of the server that wait for an answer, by what they ask. */
  readonly questions = new Map<string, Answer>();
  printed = '';
  readonly #client: Client | v2.Client;
  readonly #transport: StdioClientTransport | StdioClientTransportV2;

  /** Starts a server, and connects to it; it ends with the test. */
  static async connect(
    sdk: Sdk,
    app: App,
    entry: string,
    flags: string[] = [],
  ): Promise<StdioClient> {
    const client = new StdioClient(sdk, app, [CLI, 'watch', ...flags, entry]);
    await client.#connect();
    return client;
  }

  private constructor(sdk: Sdk, { folder }: App, args: string[]) {
    const env = { ...(process.env as Record<string, string>), NO_COLOR: '1' };
    const server = { command: process.execPath, args, cwd: folder, env, stderr: 'pipe' as const };
    const heard = (): void => void this.changes++;
    const ask = (message: string) =>
      new Promise<{ action: 'accept'; content: { word: string } }>((resolve) => {
        this.questions.set(message, (word) => resolve({ action: 'accept', content: { word } }));
      });
    if (sdk === 'v1') {
      const client = new Client(INFO, { capabilities: CAPABILITIES });
      client.setNotificationHandler(ToolListChangedNotificationSchema, heard);
      client.setRequestHandler(ElicitRequestSchema, ({ params }) => ask(params.message));
      this.#client = client;
      this.#transport = new StdioClientTransport(server);
    } else {
      const client = new v2.Client(INFO, {
        capabilities: CAPABILITIES,
        ...(sdk === 'auto' && { versionNegotiation: { mode: 'auto' } }),
        listChanged: { tools: { onChanged: heard } },
      });
      client.setRequestHandler('elicitation/create', ({ params }) => ask(params.message));
      this.#client = client;
      this.#transport = new StdioClientTransportV2(server);
    }
    Object.assign(this.#client, { onerror: (error: Error) => void this.errors.push(error) });
    const stderr = this.#transport.stderr as Stream;
    stderr.on('data', (data: Buffer) => void (this.printed += String(data)));
    onTestFinished(() => this.close());
    onTestFailed(() => console.log(`${args.join(' ')}\nhas printed:\n${this.printed}`));
  }

  /** Of holdover. */
  get pid(): number {
    return this.#transport.pid as number;
  }

  /** What a tool answers. */
  async call<T = Version>(name: string, args: Record<string, unknown> = {}): Promise<T> {
    const { content } = (await (this.#client as Client).callTool(
      { name, arguments: args },
      undefined,
      {
        timeout: PATIENCE,
      },
    )) as Content;
    const [{ text } = { text: '' }] = content;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new Error(text);
    }
  }

  async names(): Promise<string[]> {
    const { tools } = await this.#client.listTools();
    return tools.map(({ name }) => name);
  }

  async read(uri: string): Promise<string> {
    const { contents } = await this.#client.readResource({ uri });
    return (contents as { text: string }[])[0]?.text ?? '';
  }

  /** Waits until the server has printed something to stderr. */
  async prints(text: string): Promise<void> {
    await poll(() => this.printed.includes(text));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #connect(): Promise<void> {
    await (this.#client as Client).connect(this.#transport as StdioClientTransport);
  }
}

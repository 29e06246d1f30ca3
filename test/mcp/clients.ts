import * as v2 from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioClientTransportV2 } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { currentLifetime } from '../support/lifetime.ts';
import { poll } from '../support/poll.ts';

/** The generations of the SDK; `auto` is the second one, in the protocol of 2026-07-28. */
export type Sdk = 'v1' | 'v2' | 'auto';

/** What the tool `version` answers. */
export interface Version {
  version: string;
  pid: number;
  client?: { name: string; version: string };
  capabilities?: Record<string, unknown>;
}

interface Answer {
  action: 'accept';
  content: { word: string };
}

/** How a client is made. */
export interface Making {
  /** What it calls itself. */
  name?: string;
  headers?: Record<string, string>;
  /** Whether it tries for long to open its stream again: by itself it does so twice. */
  isPatient?: boolean;
  /** Whether the test answers the questions of the server, by `questions`. */
  asksUser?: boolean;
}

/** A command that speaks MCP over its stdin and stdout. */
export interface Command {
  words: string[];
  cwd?: string;
}

type Transport = StdioClientTransport | StreamableHTTPClientTransport;

/** How long a client waits for an answer, in milliseconds. */
const PATIENCE = 90_000;

/** A real client, and everything that it was told. */
export class TestClient {
  readonly name: string;
  /** How often it was told that there are other tools. */
  changes = 0;
  readonly logs: string[] = [];
  /** What it was not asked for, but has failed at: its streams, for one. */
  readonly errors: Error[] = [];
  /** Answers the open questions of the server, by what it asks. */
  readonly questions = new Map<string, (word: string) => void>();
  /** By a command, to stderr. */
  printed = '';
  readonly #client: Client;
  readonly #transport: Transport;

  /** Connects to a server over HTTP; the client is closed when the test is over. */
  static connect(sdk: Sdk, url: string, making: Making = {}): Promise<TestClient> {
    const { headers = {}, isPatient } = making;
    const reconnectionOptions = {
      initialReconnectionDelay: 200,
      maxReconnectionDelay: 500,
      reconnectionDelayGrowFactor: 1.5,
      maxRetries: 200,
    };
    const options = { requestInit: { headers }, ...(isPatient && { reconnectionOptions }) };
    const Http = sdk === 'v1' ? StreamableHTTPClientTransport : v2.StreamableHTTPClientTransport;
    return TestClient.#connect(sdk, new Http(new URL(url), options) as Transport, making);
  }

  /** Starts a command, and connects to it; it ends with the test. */
  static spawn(sdk: Sdk, { words, cwd }: Command, making: Making = {}): Promise<TestClient> {
    const env = { ...(process.env as Record<string, string>), NO_COLOR: '1' };
    const server = { command: process.execPath, args: words, env, stderr: 'pipe' as const };
    const Stdio = sdk === 'v1' ? StdioClientTransport : StdioClientTransportV2;
    const transport = new Stdio({ ...server, ...(cwd && { cwd }) });
    return TestClient.#connect(sdk, transport as Transport, making);
  }

  static async #connect(sdk: Sdk, transport: Transport, making: Making): Promise<TestClient> {
    const client = new TestClient(sdk, transport, making);
    const { atEnd, onFailure } = currentLifetime();
    atEnd(() => client.close());
    onFailure(() => console.log(`${client.name} has printed:\n${client.printed}`));
    await client.#client.connect(transport as never);
    return client;
  }

  private constructor(sdk: Sdk, transport: Transport, { name, asksUser = false }: Making) {
    this.name = name ?? `client ${sdk}`;
    this.#transport = transport;
    const info = { name: this.name, version: '1.2.3' };
    const capabilities = { elicitation: {}, roots: { listChanged: true } };
    const hearChange = (): void => void this.changes++;
    const hearLog = ({ params }: { params: { data?: unknown } }): void =>
      void this.logs.push(toText(params.data));
    const ask = ({ params: { message } }: { params: { message: string } }): Promise<Answer> =>
      new Promise((resolve) => {
        const answer = (word: string): void => resolve({ action: 'accept', content: { word } });
        this.questions.set(message, answer);
        if (!asksUser) answer(message);
      });
    if (sdk === 'v1') {
      const client = new Client(info, { capabilities });
      client.setNotificationHandler(ToolListChangedNotificationSchema, hearChange);
      client.setNotificationHandler(LoggingMessageNotificationSchema, hearLog);
      client.setRequestHandler(ElicitRequestSchema, ask as never);
      this.#client = client;
    } else {
      const client = new v2.Client(info, {
        capabilities,
        ...(sdk === 'auto' && {
          versionNegotiation: { mode: 'auto' },
          listChanged: { tools: { onChanged: hearChange } },
        }),
      });
      if (sdk === 'v2') {
        client.setNotificationHandler('notifications/tools/list_changed', hearChange);
      }
      client.setNotificationHandler('notifications/message', hearLog as never);
      client.setRequestHandler('elicitation/create', ask as never);
      this.#client = client as never;
    }
    Object.assign(this.#client, { onerror: (error: Error) => this.errors.push(error) });
    if ('stderr' in transport) {
      transport.stderr?.on('data', (data: Buffer) => void (this.printed += String(data)));
    }
  }

  get sessionId(): string | undefined {
    return 'sessionId' in this.#transport ? this.#transport.sessionId : undefined;
  }

  /** Of the command. */
  get pid(): number {
    return (this.#transport as StdioClientTransport).pid as number;
  }

  /** Calls a tool that answers JSON. */
  async call<T = Version>(name: string, args: object = {}): Promise<T> {
    const { callTool } = this.#client;
    const options = { timeout: PATIENCE };
    const words = this.#client instanceof Client ? [undefined, options] : [options];
    const call = { name, arguments: { ...args } };
    const { isError, content } = (await Reflect.apply(callTool, this.#client, [
      call,
      ...words,
    ] as never)) as { isError?: boolean; content: { text: string }[] };
    const text = content[0]?.text ?? '';
    if (isError) throw new Error(text);
    return JSON.parse(text) as T;
  }

  /** What a call answers, or the text of its error. */
  outcome(name: string, args: object = {}): Promise<unknown> {
    return this.call(name, args).catch((error: Error) => error.message);
  }

  /** The names of the tools. */
  async names(): Promise<string[]> {
    return (await this.#client.listTools()).tools.map((tool) => tool.name);
  }

  async read(uri: string): Promise<string> {
    const { contents } = await this.#client.readResource({ uri });
    return (contents as { text: string }[])[0]?.text ?? '';
  }

  /** Waits until the server asks something. Returns what answers it. */
  asked(message: string): Promise<(word: string) => void> {
    return poll(() => this.questions.get(message));
  }

  async terminate(): Promise<void> {
    await (this.#transport as StreamableHTTPClientTransport).terminateSession();
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** fastmcp puts it in an object. */
function toText(data: unknown): string {
  return typeof data === 'string' ? data : (data as { message: string }).message;
}

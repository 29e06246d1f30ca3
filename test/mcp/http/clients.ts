import * as v2 from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { currentLifetime } from '../../support/lifetime.ts';

/** The generations of the SDK. */
export type Sdk = 'v1' | 'v2';

/** What the tool `version` answers. */
export interface Version {
  version: string;
  pid: number;
  client?: { name: string; version: string };
  capabilities?: Record<string, unknown>;
}

interface Answer {
  action: 'accept' | 'decline';
  content?: Record<string, string>;
}

/** How a client is made. */
export interface Making {
  /** What it calls itself. */
  name?: string;
  headers?: Record<string, string>;
  /** Whether it tries for long to open its stream again: by itself it does so twice. */
  isPatient?: boolean;
  /** Answers the questions of the server. */
  answer?: (message: string) => Promise<Answer>;
}

/** What both generations of the SDK can do, as far as a test needs it. */
interface Calls {
  sessionId: () => string | undefined;
  call: (name: string, args: object, timeout: number) => Promise<unknown>;
  names: () => Promise<string[]>;
  terminate: () => Promise<void>;
}

/** How long a client waits for an answer, in milliseconds. */
const PATIENCE = 90_000;

const CAPABILITIES = { capabilities: { elicitation: {}, roots: { listChanged: true } } };

/** A real client, and everything that it was told. */
export class TestClient {
  readonly name: string;
  /** How often it was told that there are other tools. */
  changes = 0;
  readonly logs: string[] = [];
  /** What it was not asked for, but has failed at: its streams, for one. */
  readonly errors: Error[] = [];
  readonly questions: string[] = [];
  #calls!: Calls;

  /** Connects to a server over HTTP; the client is closed when the test is over. */
  static async connect(sdk: Sdk, url: string, making: Making = {}): Promise<TestClient> {
    const client = new TestClient(making.name ?? `client ${sdk}`);
    client.#calls = await (sdk === 'v1' ? connectV1 : connectV2)(client, new URL(url), making);
    return client;
  }

  /** Connects to a process that speaks over its stdin and stdout, by the SDK v1. */
  static async spawn(command: string, args: string[], making: Making = {}): Promise<TestClient> {
    const client = new TestClient(making.name ?? 'client v1');
    const transport = new StdioClientTransport({ command, args, stderr: 'ignore' });
    client.#calls = await connectClientV1(client, transport, making);
    return client;
  }

  private constructor(name: string) {
    this.name = name;
  }

  get sessionId(): string | undefined {
    return this.#calls.sessionId();
  }

  /** Calls a tool that answers JSON. */
  async call<T = Version>(name: string, args: object = {}, timeout = PATIENCE): Promise<T> {
    const result = (await this.#calls.call(name, args, timeout)) as {
      isError?: boolean;
      content: { text: string }[];
    };
    const text = result.content[0]?.text ?? '';
    if (result.isError) throw new Error(text);
    return JSON.parse(text) as T;
  }

  /** The names of the tools. */
  names(): Promise<string[]> {
    return this.#calls.names();
  }

  terminate(): Promise<void> {
    return this.#calls.terminate();
  }
}

function connectV1(client: TestClient, url: URL, making: Making): Promise<Calls> {
  const transport = new StreamableHTTPClientTransport(url, toOptions(making));
  return connectClientV1(client, transport, making);
}

function toOptions({ headers = {}, isPatient = false }: Making) {
  const again = {
    initialReconnectionDelay: 200,
    maxReconnectionDelay: 500,
    reconnectionDelayGrowFactor: 1.5,
    maxRetries: 200,
  };
  return { requestInit: { headers }, ...(isPatient ? { reconnectionOptions: again } : {}) };
}

async function connectClientV1(
  told: TestClient,
  transport: StreamableHTTPClientTransport | StdioClientTransport,
  { answer = accept }: Making,
): Promise<Calls> {
  const client = new Client({ name: told.name, version: '1.2.3' }, CAPABILITIES);
  Object.assign(client, { onerror: (error: Error) => told.errors.push(error) });
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.changes++);
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }) => void told.logs.push(toText(params.data)),
  );
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    told.questions.push(params.message);
    return answer(params.message) as never;
  });
  await client.connect(transport as never);
  currentLifetime().atEnd(() => client.close());
  return {
    sessionId: () => ('sessionId' in transport ? transport.sessionId : undefined),
    call: (name, args, timeout) =>
      client.callTool({ name, arguments: { ...args } }, undefined, { timeout }),
    names: async () => (await client.listTools()).tools.map((tool) => tool.name),
    terminate: async () => 'terminateSession' in transport && transport.terminateSession(),
  } as Calls;
}

async function connectV2(told: TestClient, url: URL, making: Making): Promise<Calls> {
  const { answer = accept } = making;
  const transport = new v2.StreamableHTTPClientTransport(url, toOptions(making));
  const client = new v2.Client({ name: told.name, version: '1.2.3' }, CAPABILITIES);
  Object.assign(client, { onerror: (error: Error) => told.errors.push(error) });
  client.setNotificationHandler('notifications/tools/list_changed', () => void told.changes++);
  client.setNotificationHandler(
    'notifications/message',
    ({ params }) => void told.logs.push(toText(params.data)),
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    told.questions.push(params.message);
    return answer(params.message) as never;
  });
  await client.connect(transport);
  currentLifetime().atEnd(() => client.close());
  return {
    sessionId: () => transport.sessionId,
    call: (name, args, timeout) => client.callTool({ name, arguments: { ...args } }, { timeout }),
    names: async () => (await client.listTools()).tools.map((tool) => tool.name),
    terminate: () => transport.terminateSession(),
  };
}

/** fastmcp puts it in an object. */
function toText(data: unknown): string {
  return typeof data === 'string' ? data : (data as { message: string }).message;
}

async function accept(message: string): Promise<Answer> {
  return { action: 'accept', content: { word: message } };
}

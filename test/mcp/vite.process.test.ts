import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp, findFreePort, type App } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { killGroup, start, type Running } from '../support/running.ts';

const TOOLS = `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { added, version } from './change.js';

export function createMcp() {
  globalThis.begun = (globalThis.begun ?? 0) + 1;
  const mcp = new McpServer({ name: 'test', version: '1' }, { capabilities: { logging: {} } });
  mcp.registerTool('version', { description: 'Which code answers, and whom' }, async () => {
    await mcp.server.sendLoggingMessage({ level: 'info', data: version });
    const { name } = mcp.server.getClientVersion() ?? {};
    const text = JSON.stringify({ version, name, pid: process.pid, begun: globalThis.begun });
    return { content: [{ type: 'text', text }] };
  });
  for (const name of added) {
    mcp.registerTool(name, { description: 'Was added' }, () => ({ content: [] }));
  }
  return mcp;
}
`;

const toChange = (version: string, added: string[] = []): string =>
  `export const version = '${version}';\nexport const added = ${JSON.stringify(added)};\n`;

const EXPRESS = {
  'src/app.js': `
import { randomUUID } from 'node:crypto';
import express from 'express';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcp } from './tools.js';

const transports = new Map();
export const app = express().use(express.json());
app.all('/mcp', async (req, res) => {
  const id = req.headers['mcp-session-id'];
  let transport = transports.get(id);
  if (id === undefined && req.method === 'POST') {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (begun) => transports.set(begun, transport),
    });
    await createMcp().connect(transport);
  }
  if (!transport) return res.status(404).json({ error: 'Session not found' });
  await transport.handleRequest(req, res, req.body);
});
`,
  'server.js': `
import express from 'express';
import { createServer } from 'vite';

const server = express();
const vite = await createServer({ server: { middlewareMode: true, hmr: JSON.parse(process.env.HMR) } });
server.use(vite.middlewares);
server.use(async (req, res, next) => {
  try {
    const { app } = await vite.ssrLoadModule('/src/app.js');
    app(req, res, next);
  } catch (error) {
    next(error);
  }
});
server.listen(process.env.PORT, '127.0.0.1');
`,
  'vite.config.js': `
import holdover from 'holdover/vite';
export default { plugins: [holdover()], appType: 'custom', optimizeDeps: { noDiscovery: true } };
`,
};

const HONO = {
  'src/app.js': `
import { randomUUID } from 'node:crypto';
import { StreamableHTTPTransport } from '@hono/mcp';
import { Hono } from 'hono';
import { createMcp } from './tools.js';

const transports = new Map();
const app = new Hono();
app.all('/mcp', async (c) => {
  const id = c.req.header('mcp-session-id');
  let transport = transports.get(id);
  if (id === undefined && c.req.method === 'POST') {
    transport = new StreamableHTTPTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (begun) => void transports.set(begun, transport),
    });
    await createMcp().connect(transport);
  }
  return transport?.handleRequest(c) ?? c.json({ error: 'Session not found' }, 404);
});
export default app;
`,
  'vite.config.js': `
import devServer from '@hono/vite-dev-server';
import holdover from 'holdover/vite';
export default {
  plugins: [holdover(), devServer({ entry: 'src/app.js' })],
  optimizeDeps: { noDiscovery: true },
};
`,
};

const CLI = 'node_modules/vite/bin/vite.js';

interface Answer {
  version: string;
  name: string;
  pid: number;
  begun: number;
}

/** A name, files, the version of Vite, and whether it has HMR. */
type Case = [name: string, files: Record<string, string>, vite: string, hasHmr?: boolean];

const CASES: Case[] = [
  ['Express, Vite 8 a middleware', EXPRESS, 'vite'],
  ['Express, Vite 7 a middleware, without HMR', EXPRESS, 'vite7', false],
  ['Express, Vite 6 a middleware', EXPRESS, 'vite6'],
  ['Hono in the server of Vite 8', HONO, 'vite'],
];

/** A client that is connected to an app inside Vite. */
class Story {
  readonly app: App;
  readonly #isOwnServer: boolean;
  readonly #hmr: object | false;
  readonly #client = new Client({ name: 'editor', version: '7' });
  #transport!: StreamableHTTPClientTransport;
  #running!: Running;
  readonly logs: unknown[] = [];

  static async begin([, files, viteInstalledAs, hasHmr = true]: Case): Promise<Story> {
    const app = await createApp();
    app.write('package.json', '{ "name": "app", "type": "module" }');
    linkPackage(app, 'vite', viteInstalledAs);
    for (const name of ['hono', '@modelcontextprotocol/sdk']) linkPackage(app, name);
    for (const name of ['mcp', 'vite-dev-server', 'node-server']) linkPackage(app, `@hono/${name}`);
    const all = { ...files, 'src/tools.js': TOOLS, 'src/change.js': toChange('1') };
    for (const [path, content] of Object.entries(all)) app.write(path, content);
    const hmr = hasHmr && { port: await findFreePort() };
    const story = new Story(app, !('server.js' in files), hmr);
    await story.start();
    await story.#connect();
    return story;
  }

  /** Replaces the module as a whole: Vite would hear twice of one that is emptied and written. */
  save(content: string): void {
    this.app.write('src/change.js.new', content);
    renameSync(join(this.app.folder, 'src/change.js.new'), join(this.app.folder, 'src/change.js'));
  }

  private constructor(app: App, isOwnServer: boolean, hmr: object | false) {
    this.app = app;
    this.#hmr = hmr;
    this.#isOwnServer = isOwnServer;
  }

  get sessionId(): string | undefined {
    return this.#transport.sessionId;
  }

  /** Starts the app, and waits until it answers. */
  async start(): Promise<void> {
    const { port, folder } = this.app;
    const own = [CLI, '--port', String(port), '--strictPort', '--host', '127.0.0.1'];
    const words = this.#isOwnServer ? own : ['server.js'];
    const env = { PORT: String(port), HMR: JSON.stringify(this.#hmr) };
    this.#running = start(process.execPath, words, { cwd: folder, env });
    const headers = { 'mcp-session-id': 'none' };
    const asked = (): Promise<number> =>
      fetch(this.#url, { headers }).then(
        ({ status }) => status,
        () => 0,
      );
    await poll(async () => (await asked()) === 404);
  }

  async kill(): Promise<void> {
    killGroup(this.#running.pid);
    await this.#running.exited;
  }

  /** One that is on its way while the code changes is sent again, as its error says. */
  async call(): Promise<Answer> {
    const calling = this.#client.callTool({ name: 'version', arguments: {} });
    const { content } = await calling.catch(async (error: Error) => {
      expect(error.message).toMatch(/Send it again\.$/);
      return this.#client.callTool({ name: 'version', arguments: {} });
    });
    return JSON.parse((content as [{ text: string }])[0].text) as Answer;
  }

  /** Waits until new code answers. */
  async answersWith(version: string): Promise<Answer> {
    let answer = await this.call();
    await poll(async () => (answer = await this.call()).version === version);
    return answer;
  }

  async toolNames(): Promise<string[]> {
    return (await this.#client.listTools()).tools.map(({ name }) => name);
  }

  get #url(): string {
    return `http://127.0.0.1:${this.app.port}/mcp`;
  }

  async #connect(): Promise<void> {
    const reconnectionOptions = {
      initialReconnectionDelay: 50,
      maxReconnectionDelay: 200,
      reconnectionDelayGrowFactor: 1,
      maxRetries: 1000,
    };
    this.#transport = new StreamableHTTPClientTransport(new URL(this.#url), {
      reconnectionOptions,
    });
    this.#client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      this.logs.push(params.data);
    });
    await this.#client.connect(this.#transport);
    onTestFinished(() => this.#client.close());
  }
}

describe('an MCP server inside Vite', () => {
  it('goes on with its sessions over an edit and over the end of the process', async () => {
    await Promise.all(CASES.map(goOn));
  });
});

async function goOn(one: Case): Promise<void> {
  const [name] = one;
  const story = await Story.begin(one);
  const { sessionId } = story;
  const first = { version: '1', name: 'editor', begun: 1 };
  expect(await story.call(), name).toMatchObject(first);
  await poll(async () => (await story.call()) && story.logs.includes('1'));

  // Whatever the moment, each call is answered: by the old code, and then by the new one.
  story.save(toChange('2', ['added']));
  expect((await story.answersWith('2')).name, name).toBe('editor');
  expect(await story.toolNames(), name).toEqual(['version', 'added']);
  await poll(async () => (await story.call()) && story.logs.includes('2'));

  // What no server code is leaves it alone.
  const { begun } = await story.call();
  story.app.write('src/notes.md', 'no code');
  story.save(toChange('3'));
  const next = await story.answersWith('3');
  expect(next.begun, name).toBeGreaterThan(begun);

  // A session is made anew after an edit as it is in another process; that is once for each framework.
  const [, , vite] = one;
  if (vite === 'vite') {
    await story.kill();
    await story.start();
    expect(await story.call(), name).toMatchObject({ version: '3', name: 'editor' });
  }
  expect(await story.toolNames(), name).toEqual(['version']);
  expect(story.sessionId, name).toBe(sessionId);
}

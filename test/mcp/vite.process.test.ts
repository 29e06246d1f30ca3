import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect, it, onTestFinished } from 'vitest';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { PLAIN_NODE, type Tool } from '../support/tools.ts';

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
import { createServer as createHttpServer } from 'node:http';
import express from 'express';
import { createServer } from 'vite';

const app = express();
const server = createHttpServer(app);
const hmr = process.env.HMR === 'on' && { server };
const vite = await createServer({ server: { middlewareMode: true, hmr } });
app.use(vite.middlewares);
app.use(async (req, res, next) => {
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
  server: { port: Number(process.env.PORT), strictPort: true, host: '127.0.0.1' },
  plugins: [holdover(), devServer({ entry: 'src/app.js' })],
  optimizeDeps: { noDiscovery: true },
};
`,
};

interface Answer {
  version: string;
  name: string;
  pid: number;
  begun: number;
}

interface Case {
  name: string;
  files: Record<string, string>;
  vite: string;
  hasHmr?: boolean;
}

const CASES: Case[] = [
  { name: 'Express, Vite 8 a middleware', files: EXPRESS, vite: 'vite' },
  {
    name: 'Express, Vite 7 a middleware, without HMR',
    files: EXPRESS,
    vite: 'vite7',
    hasHmr: false,
  },
  { name: 'Express, Vite 6 a middleware', files: EXPRESS, vite: 'vite6' },
  { name: 'Hono in the server of Vite 8', files: HONO, vite: 'vite' },
];

/** Starts the server of the app, or that of Vite. */
const VITE: Tool = { ...PLAIN_NODE, name: 'vite' };

/** A client that is connected to an app inside Vite. */
class Story {
  readonly rig: Rig;
  readonly #client = new Client({ name: 'editor', version: '7' });
  #transport!: StreamableHTTPClientTransport;
  readonly logs: unknown[] = [];

  static async begin({ files, vite, hasHmr = true }: Case): Promise<Story> {
    const rig = await Rig.start({
      files: { ...files, 'src/tools.js': TOOLS, 'src/change.js': toChange('1') },
      packages: ['hono', '@modelcontextprotocol/sdk', ...HONO_PACKAGES],
      prepare: (app) => linkPackage(app, 'vite', vite),
      tool: VITE,
      words: ['server.js' in files ? 'server.js' : 'node_modules/vite/bin/vite.js'],
      needsPort: true, // Vite prints it in a way of its own
      env: { HMR: hasHmr ? 'on' : 'off' },
    });
    const story = new Story(rig);
    await story.isUp();
    await story.#connect();
    return story;
  }

  private constructor(rig: Rig) {
    this.rig = rig;
  }

  /** Replaces the module as a whole: Vite would hear twice of one that is emptied and written. */
  save(content: string): void {
    const { app } = this.rig;
    app.write('src/change.js.new', content);
    renameSync(join(app.folder, 'src/change.js.new'), join(app.folder, 'src/change.js'));
  }

  get sessionId(): string | undefined {
    return this.#transport.sessionId;
  }

  /** Waits until the app answers. */
  async isUp(): Promise<void> {
    const headers = { 'mcp-session-id': 'none' };
    const ask = (): Promise<number> =>
      fetch(this.#url, { headers }).then(
        ({ status }) => status,
        () => 0,
      );
    await poll(async () => (await ask()) === 404);
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
    return `${this.rig.url.replace('localhost', '127.0.0.1')}/mcp`;
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

const HONO_PACKAGES = ['@hono/mcp', '@hono/vite-dev-server', '@hono/node-server'];

it('goes on with MCP sessions inside Vite over an edit and over the end of the process', async () => {
  await Promise.all(rows(CASES, 'Hono in the server of Vite 8').map(goOn));
});

async function goOn(one: Case): Promise<void> {
  const { name, vite } = one;
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
  story.rig.app.write('src/notes.md', 'no code');
  story.save(toChange('3'));
  const next = await story.answersWith('3');
  expect(next.begun, name).toBeGreaterThan(begun);

  // A session is made anew after an edit as it is in another process; that is once for each framework.
  if (vite === 'vite') {
    await story.rig.killAll();
    story.rig.startAgain();
    await story.isUp();
    expect(await story.call(), name).toMatchObject({ version: '3', name: 'editor' });
  }
  expect(await story.toolNames(), name).toEqual(['version']);
  expect(story.sessionId, name).toBe(sessionId);
}

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { PLAIN_NODE, type Tool } from '../support/tools.ts';
import { TestClient } from './clients.ts';

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

const HONO_PACKAGES = ['@hono/mcp', '@hono/vite-dev-server', '@hono/node-server'];

it.each(rows(CASES, 'Hono in the server of Vite 8'))(
  'goes on with MCP sessions inside Vite over an edit and over the end of the process: $name',
  async ({ files, vite, hasHmr = true }) => {
    const rig = await Rig.start({
      files: { ...files, 'src/tools.js': TOOLS, 'src/change.js': toChange('1') },
      packages: ['hono', '@modelcontextprotocol/sdk', ...HONO_PACKAGES],
      prepare: (app) => linkPackage(app, 'vite', vite),
      tool: VITE,
      words: ['server.js' in files ? 'server.js' : 'node_modules/vite/bin/vite.js'],
      needsPort: true, // Vite prints it in a way of its own
      env: { HMR: hasHmr ? 'on' : 'off' },
    });
    const url = `${rig.url.replace('localhost', '127.0.0.1')}/mcp`;
    const isUp = async (): Promise<boolean> => {
      const asked = fetch(url, { headers: { 'mcp-session-id': 'none' } });
      return (await asked.then(({ status }) => status).catch(() => 0)) === 404;
    };
    // Replaces the module as a whole: Vite would hear twice of one that is emptied and written.
    const save = (content: string): void => {
      rig.app.write('src/change.js.new', content);
      renameSync(join(rig.app.folder, 'src/change.js.new'), join(rig.app.folder, 'src/change.js'));
    };
    await poll(isUp);
    const client = await TestClient.connect('v1', url, { isPatient: true });
    const { sessionId } = client;
    // A call that is on its way while the code changes is sent again, as its error says.
    const call = (): Promise<Answer> =>
      client.call<Answer>('version').catch((error: Error) => {
        expect(error.message).toMatch(/Send it again\.$/);
        return client.call<Answer>('version');
      });
    const answersWith = (version: string): Promise<Answer> =>
      poll(async () => {
        const answer = await call();
        return answer.version === version ? answer : undefined;
      });
    const logs = (version: string): Promise<unknown> =>
      poll(async () => (await call()) && client.logs.includes(version));
    expect(await call()).toMatchObject({ version: '1', name: client.name, begun: 1 });
    await logs('1');

    // Whatever the moment, each call is answered: by the old code, and then by the new one.
    save(toChange('2', ['added']));
    expect((await answersWith('2')).name).toBe(client.name);
    expect(await client.names()).toEqual(['version', 'added']);
    await logs('2');

    // A file that is no server code leaves it alone.
    const { begun } = await call();
    rig.app.write('src/notes.md', 'no code');
    save(toChange('3'));
    expect((await answersWith('3')).begun).toBeGreaterThan(begun);

    // A session is made anew after an edit as it is in another process; that is once for each framework.
    if (vite === 'vite') {
      await rig.killAll();
      rig.startAgain();
      await poll(isUp);
      expect(await call()).toMatchObject({ version: '3', name: client.name });
    }
    expect(await client.names()).toEqual(['version']);
    expect(client.sessionId).toBe(sessionId);
  },
);

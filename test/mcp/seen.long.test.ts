import {
  Client as NewerClient,
  StreamableHTTPClientTransport as NewerTransport,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/care/doctor/check.ts';
import { CareProject } from '../support/care-project.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { killGroup, start } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

/** One server for each manner of MCP over HTTP. */
const SERVER = `
  import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
  import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
  import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
  import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
  import { createMcpHandler, McpServer as Newer } from '@modelcontextprotocol/server';
  import { toNodeHandler } from '@modelcontextprotocol/node';
  import { capabilities } from './can.js';

  const info = { name: 'a server', version: '1.0.0' };
  const connect = async (transport) => {
    const server = new McpServer(info, { capabilities });
    server.registerTool('pid', {}, () => ({ content: [{ type: 'text', text: String(process.pid) }] }));
    await server.connect(transport);
    return transport;
  };
  const app = createMcpExpressApp();
  const known = new Map();
  app.all('/mcp', async (req, res) => {
    const id = req.get('mcp-session-id');
    const transport = known.get(id) ?? new StreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (made) => known.set(made, transport),
      onsessionclosed: (ended) => known.delete(ended),
    });
    if (id && !known.has(id)) return res.status(404).json({});
    if (!id) await connect(transport);
    await transport.handleRequest(req, res, req.body);
  });
  app.all('/stateless', async (req, res) => {
    const transport = await connect(new StreamableHTTPServerTransport({}));
    await transport.handleRequest(req, res, req.body);
  });
  app.get('/sse', async (req, res) => {
    const transport = new SSEServerTransport('/messages', res);
    known.set(transport.sessionId, transport);
    await connect(transport);
  });
  app.post('/messages', async (req, res) => {
    await known.get(req.query.sessionId).handlePostMessage(req, res, req.body);
  });
  const handle = toNodeHandler(createMcpHandler(() => new Newer(info, { capabilities: { tools: {} } })));
  app.all('/newer', (req, res) => handle(req, res, req.body));
  app.listen(process.env.PORT, () => console.log('listening'));`;

const CAN = { 'can.js': 'export const capabilities = {};', 'server.js': SERVER };

describe('MCP clients', () => {
  it('are told of while a server of each manner of MCP runs', async () => {
    const project = await CareProject.begin('filesystem');
    const { app } = project;
    for (const name of ['@modelcontextprotocol', 'zod']) linkPackage(app, name);
    for (const [path, text] of Object.entries(CAN)) app.write(path, text);
    const running = start(process.execPath, [CLI, 'watch', 'server.js'], {
      cwd: app.folder,
      env: { ...project.env, PORT: String(app.port) },
    });
    await running.printed('listening');
    const url = `http://127.0.0.1:${app.port}`;
    const toUrl = (path: string): URL => new URL(`${url}${path}`);
    const client = new Client({ name: 'a client', version: '1.0.0' });
    const transport = new StreamableHTTPClientTransport(toUrl('/mcp'));
    await client.connect(transport as Transport);
    const pid = async () => {
      const { content } = await client.callTool({ name: 'pid' });
      return JSON.stringify(content);
    };
    const first = await pid();
    const id = transport.sessionId ?? '';
    const stateless = new Client({ name: 'b', version: '1.0.0' });
    await stateless.connect(new StreamableHTTPClientTransport(toUrl('/stateless')) as Transport);
    const older = new Client({ name: 'c', version: '1.0.0' });
    await older.connect(new SSEClientTransport(toUrl('/sse')));
    const newer = new NewerClient(
      { name: 'd', version: '1.0.0' },
      { versionNegotiation: { mode: 'auto' } },
    );
    await newer.connect(new NewerTransport(toUrl('/newer')));
    const asked = { 'mcp-method': 'tools/list', 'content-type': 'application/json' };
    const accept = 'application/json, text/event-stream';
    const refused = await fetch(toUrl('/mcp'), {
      method: 'POST',
      headers: { ...asked, accept },
      body: '{ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }',
    });
    expect(refused.status).toBe(400); // clients ask servers of all versions
    await newer.listTools();
    await Promise.all([stateless.close(), older.close(), newer.close()]);

    let checks: string[] = [];
    await poll(async () => {
      const { stdout } = await project.run(['doctor', '--json']);
      const ofMcp = (JSON.parse(stdout) as Check[]).filter(({ name }) => name === 'mcp');
      checks = ofMcp.map(({ state, found }) => `${state}: ${found}`).sort();
      return checks.length === 4;
    }).catch((cause: Error) => {
      throw new Error(`The doctor has said: ${checks.join('\n')}`, { cause });
    });
    expect(checks).toEqual([
      expect.stringMatching(/^doubtful: \/messages has the older transport/),
      'good: /mcp: the sessions of its clients are kept',
      'good: /newer is spoken to as of 2026-07-28, without sessions: nothing to keep',
      'good: /stateless answers without sessions: nothing to keep',
    ]);
    const why = async (text: RegExp, ...words: string[]): Promise<void> => {
      let said = '';
      await poll(async () => {
        ({ stdout: said } = await project.run(['why', ...words]));
        return text.test(said);
      }).catch((cause: Error) => {
        throw new Error(`${text} was not answered, but: ${said}`, { cause });
      });
    };
    expect((await project.run(['ls'])).stdout).toMatch(/^a client 1\.0\.0 .* \/mcp$/m);

    app.write('can.js', 'export const capabilities = { logging: {}, prompts: {} };');
    await running.printed(/\[holdover\] can\.js {2}1 MCP client held over · /);
    expect(await pid()).not.toBe(first);
    expect(transport.sessionId).toBe(id);
    await running.printed(
      'The server has other capabilities now (logging, prompts, tools). Clients of MCP learn of them when they connect anew.',
    );
    await why(/^That MCP session is kept, and was held over at \d{4}-.*\.\n$/, id);

    killGroup(running.pid);
    await running.exited;
    const alone = start(process.execPath, ['--import', 'holdover/register', 'server.js'], {
      cwd: app.folder,
      env: { ...project.env, PORT: String(app.port) },
    });
    await alone.printed('listening');
    await pid();
    await alone.printed(/^\[holdover\] 1 MCP client held over from \.holdover.sessions$/m);

    await transport.terminateSession();
    await why(/^The MCP session was ended by `DELETE \/mcp` at \d{4}-.*\.\n$/, id);
    expect((await project.run(['ls'])).stderr).toContain(' 0 sessions in ');
    const headers = { 'mcp-session-id': 'never-ours', accept: 'text/event-stream' };
    const { status } = await fetch(toUrl('/mcp'), { headers });
    expect(status).toBe(404);
    await why(
      /^No MCP session with that id was ever stored here; `GET \/mcp` asked for it at .*\.\n$/,
    );
    await why(/^No MCP session with that id was ever stored here; /, 'never-ours');
    headers['mcp-session-id'] = id;
    expect((await fetch(toUrl('/mcp'), { headers })).status).toBe(404);
    // Once: the client may have asked for it before, whose stream has ended.
    await alone.printed('The MCP session was ended by `DELETE /mcp`');
  });
});

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp, writeOver, type App } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { readRecipe } from '../support/recipes.ts';
import { start } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'mcp.md'), 'utf8');

/** The tool that the page adds. */
const [, SECOND = ''] = /^Add a second tool.*\n\n```ts\n([^]*?)^```$/m.exec(PAGE) ?? [];

/** A server of the page. */
async function createExample(title: string): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "greeter", "type": "module" }');
  const files = readRecipe(title, 'mcp.md');
  for (const [path, text] of Object.entries(files)) app.write(path, text);
  for (const name of ['@modelcontextprotocol', 'zod']) linkPackage(app, name);
  return app;
}

async function connect(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'reader', version: '1.0.0' });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

async function call(client: Client, name: string): Promise<unknown> {
  const { content } = await client.callTool({ name, arguments: { name: 'Ada' } });
  return content;
}

/** Adds the second tool, and calls it when the client has it. */
async function addTool(app: App, client: Client): Promise<void> {
  expect(await call(client, 'greet')).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
  const before = app.read('tools.ts');
  let isTold = false;
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void (isTold = true));
  writeOver(app, 'tools.ts', before.replace(/\}\n$/, `${SECOND}}\n`));
  await poll(() => isTold);
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['greet', 'part']);
  expect(await call(client, 'part')).toEqual([{ type: 'text', text: 'Goodbye, Ada!' }]);
  expect(await call(client, 'greet')).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
}

/** A server in the configuration of a client. */
interface Configured {
  command?: string;
  args?: string[];
  url?: string;
}

/** The blocks of JSON below the name of a client. */
function readConfigurations(client: string, { folder }: Pick<App, 'folder'>): Configured[] {
  const [, own = ''] = PAGE.split(`\n**${client}**: `);
  const blocks = [...own.matchAll(/^```json\n([^]*?)^```$/gm)].slice(0, 2);
  return blocks.map(([, json = '']) => {
    const placed = json.replaceAll(/\$\{workspaceFolder\}|\/path\/to\/project/g, folder);
    const parsed = JSON.parse(placed) as Record<string, { greeter: Configured }>;
    return Object.values(parsed)[0]?.greeter ?? {};
  });
}

describe('the page about MCP', () => {
  it('has a server over HTTP that gains a tool in the same session', async () => {
    const app = await createExample('Over HTTP');
    const env = { PORT: String(app.port) };
    const running = start(process.execPath, [CLI, 'watch', 'server.ts'], { cwd: app.folder, env });
    const url = new URL(`http://127.0.0.1:${app.port}/mcp`);
    await poll(() => fetch(url).then(() => true, () => false)); // prettier-ignore
    const transport = new StreamableHTTPClientTransport(url);
    const client = await connect(transport as Transport);
    const { sessionId } = transport;
    await addTool(app, client);
    expect(transport.sessionId).toBe(sessionId);
    await running.printed(/\[holdover\] tools\.ts {2}1 MCP client held over/);
  });

  it('has a server over stdio that gains a tool, as a client is configured', async () => {
    const app = await createExample('Over stdio');
    const [stdio] = readConfigurations('Cursor', app);
    const [prefix, folder, name, ...args] = stdio?.args ?? [];
    expect([stdio?.command, prefix, folder, name]).toEqual([
      'npx',
      '--prefix',
      app.folder,
      'holdover',
    ]);
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [CLI, ...args],
      cwd: tmpdir(),
      stderr: 'ignore',
    });
    await addTool(app, await connect(transport));
  });

  it.each(['Claude Code', 'VS Code', 'Cursor', 'Claude Desktop'])(
    'has a configuration of %s for both',
    (client) => {
      const [stdio, http] = readConfigurations(client, { folder: '/app' });
      const words = [stdio?.command, ...(stdio?.args ?? [])].join(' ');
      expect(words.replace('--prefix /app ', '').replace('/app/', '')).toBe(
        'npx holdover watch server.ts',
      );
      expect(http?.url ?? http?.args?.at(-1)).toBe('http://localhost:3000/mcp');
    },
  );
});

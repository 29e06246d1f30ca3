import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ElicitRequestSchema,
  ToolListChangedNotificationSchema,
  type CallToolResult,
} from '@modelcontextprotocol/sdk/types.js';

const ROOT = join(import.meta.dirname, '..', '..');
const WATCH = [join(ROOT, 'dist', 'cli.js'), 'watch'];

/** The tool that is added while a client is connected. */
const NEW_TOOL = `
  server.registerTool('who_comes', { inputSchema: { party } }, (given) => {
    const coming = parties.get(given.party).guests.filter(({ answer }) => answer === 'yes');
    return text(coming.map((guest) => guest.name).join(', '));
  });
}

function text(`;

/** A copy of the party planner, in a folder that is removed again: none of your files is edited. */
const folder = mkdtempSync(join(tmpdir(), 'party-planner-'));
const env = { ...process.env, PORT: '0', XDG_STATE_HOME: join(folder, 'state') } as Record<
  string,
  string
>;
const TOOLS = join('mcp', 'tools.ts');
const original = readFileSync(join(ROOT, 'playground', TOOLS), 'utf8');

let isEnding = false;

/** Ends the server that runs. */
let stop = async (): Promise<unknown> => undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end(1));
try {
  copyPlanner();
  await overHttp();
  await overStdio();
  await end(0);
} catch (error) {
  await new Promise(setImmediate); // at Ctrl-C the server ends, too, and may be quicker
  if (!isEnding) console.error(error);
  await end(1);
}

function copyPlanner(): void {
  for (const name of ['mcp', 'parties'])
    cpSync(join(ROOT, 'playground', name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  // The parties outlive a restart, as those of the playground do.
  const holdover = { keep: ['parties/party-store.ts'] };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', holdover }));
}

async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

async function overHttp(): Promise<void> {
  console.log('Over HTTP: holdover watch mcp/server.ts');
  const app = spawn(process.execPath, [...WATCH, 'mcp/server.ts'], { cwd: folder, env });
  stop = () => (app.kill() ? once(app, 'exit') : Promise.resolve());
  tell(app.stderr);
  let url: string | undefined;
  for await (const line of createInterface(app.stdout)) {
    url = /http:\S+/.exec(line)?.[0];
    if (url) break;
  }
  if (!url) throw new Error('The server has not started.');
  const transport = new StreamableHTTPClientTransport(new URL(url));
  const client = await connect(transport);
  const { sessionId } = transport;
  await tryOut(client);
  const isSame = transport.sessionId === sessionId;
  console.log(`  in ${isSame ? 'the same' : 'another'} session, ${sessionId?.slice(0, 6)}…\n`);
  await client.close();
  await stop();
}

async function overStdio(): Promise<void> {
  console.log('Over stdio: the client runs holdover watch mcp/stdio.ts itself');
  writeFileSync(join(folder, TOOLS), original);
  const args = [...WATCH, 'mcp/stdio.ts'];
  const command = process.execPath;
  const transport = new StdioClientTransport({ command, args, cwd: folder, env, stderr: 'pipe' });
  stop = () => transport.close();
  tell(transport.stderr as Readable);
  await tryOut(await connect(transport));
}

/** A client of whom a server may ask something. */
async function connect(
  transport: StreamableHTTPClientTransport | StdioClientTransport,
): Promise<Client> {
  const capabilities = { elicitation: { form: {} } };
  const client = new Client({ name: 'demo', version: '1.0.0' }, { capabilities });
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    console.log(`  the server asks: ${params.message}`);
    return { action: 'accept', content: { answer: 'yes' } };
  });
  await client.connect(transport);
  return client;
}

/** Uses the tools, adds one to their file, and uses that as soon as the server has told of it. */
async function tryOut(client: Client): Promise<void> {
  await call(client, 'invite_guest', { party: 'pancake-night', name: 'Ada' });
  await call(client, 'rsvp', { party: 'pancake-night', name: 'Ada' });
  const told = new Promise<void>((resolve) =>
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve()),
  );
  console.log('  mcp/tools.ts is saved with a new tool');
  writeFileSync(join(folder, TOOLS), original.replace('}\n\nfunction text(', NEW_TOOL));
  await told;
  const { tools } = await client.listTools();
  console.log(`  the client is told: ${tools.map(({ name }) => name).join(', ')}`);
  await call(client, 'who_comes', { party: 'pancake-night' });
}

async function call(client: Client, name: string, given: Record<string, string>): Promise<void> {
  const { content } = (await client.callTool({ name, arguments: given })) as CallToolResult;
  const [answer] = content;
  console.log(`  ${name}: ${answer?.type === 'text' ? answer.text : '?'}`);
}

/** Shows what holdover says. */
function tell(stderr: Readable): void {
  createInterface(stderr).on('line', (line) => console.log(`  ${line}`));
}

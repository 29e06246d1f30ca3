import type { AddressInfo } from 'node:net';

import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';

import { createPartyServer } from './party-server.ts';

/** Sessions in memory, as the examples of the SDK keep them. */
const transports = new Map<string, StreamableHTTPServerTransport>();

const app = createMcpExpressApp();

app.all('/mcp', async (req, res) => {
  const known = transports.get(req.get('mcp-session-id') ?? '');
  const transport = known ?? (isInitializeRequest(req.body) ? await begin() : undefined);
  if (transport) await transport.handleRequest(req, res, req.body);
  else res.status(404).json({ error: 'There is no such session.' });
});

async function begin(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => crypto.randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
    onsessionclosed: (id) => void transports.delete(id),
  });
  await createPartyServer().connect(transport);
  return transport;
}

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Party planner for agents at http://127.0.0.1:${port}/mcp`);
});

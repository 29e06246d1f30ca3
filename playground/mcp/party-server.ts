import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';

import { parties } from '../parties/party-store.ts';
import { registerTools } from './tools.ts';

/** One for each client that connects. */
export function createPartyServer(): McpServer {
  const server = new McpServer({ name: 'party-planner', version: '1.0.0' });
  registerTools(server, parties);
  return server;
}

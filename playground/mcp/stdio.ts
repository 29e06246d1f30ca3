import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

import { createPartyServer } from './party-server.ts';

await createPartyServer().connect(new StdioServerTransport());

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createApp } from './app.ts';
import { parties } from './parties/party-store.ts';

const app = createApp(parties);
const server = createServer(app);

server.listen(Number(process.env.PORT ?? 3000), () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Party planner at http://localhost:${port}/organizer/`);
  console.log('Log in as ada, with the password lovelace.');
});

process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});

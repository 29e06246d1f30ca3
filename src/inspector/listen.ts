import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { codeOf } from '../storage/files/disk.ts';
import { INSPECTOR } from '../history/inside.ts';
import type { InspectorOptions } from './api/api.ts';
import { Inspector } from './inspector.ts';
import { createToken } from './token.ts';

/** What `localhost` means. Both are taken: a browser might send the token to whoever had the other one. */
const ADDRESSES = ['127.0.0.1', '::1'] as const;

/** What a machine says that has no such address. */
const ABSENT = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

/** How often a port is looked for that is free on both. */
const TRIES = 10;

/** An inspector that listens. */
export interface Listening {
  /** With the token. */
  address: string;
  /** Ends all connections, and the inspector. */
  close(): Promise<void>;
}

/**
 * Serves an inspector on this machine only, with a token of its own.
 *
 * @param port @default one that is free
 * @throws Error, in one sentence, when the port is taken
 */
export async function listen(options: InspectorOptions, port = 0): Promise<Listening> {
  const inspector = new Inspector(options, createToken());
  const answer: RequestListener = (request, response) => inspector.handle(request, response);
  const { servers, taken } = await open(answer, port, port === 0 ? TRIES : 1);
  return {
    address: `http://localhost:${taken}${INSPECTOR}?token=${inspector.token}`,
    async close() {
      inspector.close();
      await closeAll(servers);
    },
  };
}

/** Servers of both addresses on one port, which is taken then. */
async function open(
  answer: RequestListener,
  port: number,
  tries: number,
): Promise<{ servers: Server[]; taken: number }> {
  const servers: Server[] = [];
  let taken = port;
  try {
    for (const host of ADDRESSES) {
      const server = await tryToListen(createServer(answer), taken, host);
      if (!server) continue;
      servers.push(server);
      ({ port: taken } = server.address() as AddressInfo);
    }
    if (servers.length > 0) return { servers, taken };
    throw new Error('This machine has no loopback address. Give it one, and try again.');
  } catch (error) {
    await closeAll(servers);
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    if (tries > 1) return open(answer, port, tries - 1);
    throw new Error(`Port ${taken} is taken. Name another one.`, { cause: error });
  }
}

/** `undefined` where the machine has no such address. */
function tryToListen(server: Server, port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (ABSENT.has(String(codeOf(error)))) resolve(undefined);
      else reject(error);
    });
    server.listen(port, host, () => resolve(server));
  });
}

async function closeAll(servers: Server[]): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  for (const server of servers) server.closeAllConnections();
  await Promise.all(closed);
}

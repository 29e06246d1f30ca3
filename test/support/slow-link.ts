import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { currentLifetime } from './lifetime.ts';

/** A way to a port of this machine that is as slow as one to a machine far away. */
export interface SlowLink {
  port: number;
  /** How many messages have come from clients. */
  messages: () => number;
}

/**
 * Passes everything on to a port, both ways, until the test is over.
 *
 * @param roundTrip what a message and its answer take in addition, in milliseconds
 */
export async function startLink(to: number, roundTrip = 0): Promise<SlowLink> {
  let messages = 0;
  const lifetime = currentLifetime();
  const link = createServer((client) => {
    const server = connect(to, '127.0.0.1');
    client.on('data', () => messages++);
    passOn(client, server, roundTrip / 2);
    passOn(server, client, roundTrip / 2);
    lifetime.atEnd(() => void client.destroy());
  }).listen(0, '127.0.0.1');
  await once(link, 'listening');
  lifetime.atEnd(() => void link.close());
  return { port: (link.address() as AddressInfo).port, messages: () => messages };
}

function passOn(from: Socket, to: Socket, delay: number): void {
  from.on('data', (data) => setTimeout(() => to.writable && to.write(data), delay));
  from.on('error', () => to.destroy());
  from.on('close', () => setTimeout(() => to.destroy(), delay));
}

import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findFreePort } from './app.ts';
import { poll } from './poll.ts';
import { RedisServer } from './redis-server.ts';

/** Several servers that are one Redis to its clients. */
export interface RedisSet {
  url: string;
  servers: RedisServer[];
  close: () => Promise<void>;
}

const SLOTS = 16384;

/** How many Sentinels watch a master. */
const SENTINELS = 3;

/** How often is looked whether the servers have found each other: with a process for each. */
const EVERY = 100;

/** A Cluster of three masters. */
export async function startCluster(): Promise<RedisSet> {
  const servers: RedisServer[] = [];
  const buses: number[] = [];
  for (let number = 0; number < 3; number++) {
    const bus = await findFreePort();
    const settings = {
      'cluster-enabled': 'yes',
      'cluster-port': String(bus), // its default, the port and 10,000, may be none
      'cluster-require-full-coverage': 'no',
      'cluster-node-timeout': '2000',
      appendonly: 'yes',
      appendfsync: 'always', // otherwise a busy disk puts writes off that were acknowledged
    };
    const server = await RedisServer.prepare({ settings });
    servers.push(server);
    buses.push(bus);
    await server.begin();
    const [from, to] = [number, number + 1].map((part) => Math.round((part * SLOTS) / 3));
    server.cli('CLUSTER', 'ADDSLOTSRANGE', String(from), String((to as number) - 1));
    server.cli('CLUSTER', 'SET-CONFIG-EPOCH', String(number + 1));
  }
  const [first, ...others] = servers as [RedisServer, ...RedisServer[]];
  for (const [index, other] of others.entries()) {
    first.cli('CLUSTER', 'MEET', '127.0.0.1', String(other.port), String(buses[index + 1]));
  }
  const isWhole = (server: RedisServer): boolean => {
    const info = server.cli('CLUSTER', 'INFO');
    return info.includes('cluster_state:ok') && info.includes('cluster_slots_ok:16384');
  };
  await poll(() => servers.every(isWhole), { every: EVERY });
  return toSet(servers, servers.map(({ url }) => url).join(','));
}

/**
 * A master, a replica of it, and Sentinels that watch them. They elect no new master before they are let: a
 * master that a busy machine keeps from running would be taken for one that is gone.
 */
export async function startSentinels(): Promise<RedisSet> {
  const master = await RedisServer.prepare();
  await master.begin();
  const replica = await RedisServer.prepare({
    settings: { replicaof: `127.0.0.1 ${master.port}`, 'repl-diskless-sync-delay': '0' },
  });
  await replica.begin();
  const sentinels: RedisServer[] = [];
  for (let number = 0; number < SENTINELS; number++) {
    const sentinel = await RedisServer.prepare({ isSentinel: true });
    writeFileSync(
      join(sentinel.folder, 'sentinel.conf'),
      [
        `port ${sentinel.port}`,
        'bind 127.0.0.1',
        `dir ${sentinel.folder}`,
        `sentinel monitor main 127.0.0.1 ${master.port} ${SENTINELS + 1}`,
        'sentinel down-after-milliseconds main 500',
        'sentinel failover-timeout main 3000',
      ].join('\n'),
    );
    await sentinel.begin();
    sentinels.push(sentinel);
  }
  const isWatched = (): boolean => {
    const known = sentinels[0]?.cli('SENTINEL', 'MASTER', 'main') ?? '';
    const isKnown = /num-slaves\n1\n/.test(known) && /num-other-sentinels\n2\n/.test(known);
    return isKnown && master.cli('INFO', 'replication').includes('state=online');
  };
  await poll(isWatched, { every: EVERY });
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return toSet([master, replica, ...sentinels], `redis-sentinel://${hosts}/main`);
}

/** Lets Sentinels elect a new master, which two of them do. */
export function letElect(sentinels: RedisServer[]): void {
  for (const sentinel of sentinels) sentinel.cli('SENTINEL', 'SET', 'main', 'quorum', '2');
}

function toSet(servers: RedisServer[], url: string): RedisSet {
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  return { url, servers, close };
}

/** Empties servers, without a process for each. */
export async function flush(...servers: RedisServer[]): Promise<void> {
  await Promise.all(
    servers.map(async ({ port }) => {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8');
      socket.write('FLUSHALL\r\n');
      const [answer] = (await once(socket, 'data')) as [string];
      socket.destroy();
      if (answer !== '+OK\r\n') throw new Error(`FLUSHALL was answered with ${answer}`);
    }),
  );
}

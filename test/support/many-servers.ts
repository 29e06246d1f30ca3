import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './app.ts';
import { createCertificate } from './certificate.ts';
import { echo, get, getHttp2 } from './clients.ts';
import { poll } from './poll.ts';
import { start } from './running.ts';
import { Rig } from './rig.ts';

const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');

/** What the app says of one of its servers. */
interface ServerFacts {
  atOnce: AddressInfo | string | null;
  address: AddressInfo | string;
  listening: boolean;
  events: string[];
}

interface Facts {
  version: string;
  pid: number;
  facts: Record<string, ServerFacts>;
}

const NAMES = ['number', 'options', 'host', 'name', 'six', 'only', 'exclusive'];
/** Those that speak TLS, HTTP/2, or a protocol of their own. */
export const ENCRYPTED = ['https', 'http2', 'http2s', 'echo'];

/** The app with one server for each form of listen. */
export async function beginManyServers(env: NodeJS.ProcessEnv = {}) {
  const ports: Record<string, number> = {};
  for (const name of [...NAMES, ...ENCRYPTED]) ports[name] = await findFreePort();
  if (!HAS_IPV6) delete ports.six;
  const rig = await Rig.start({
    needsPort: true,
    fixture: 'many-servers',
    env: { PORTS: JSON.stringify(ports), ...env },
    prepare: ({ folder }) => createCertificate(folder),
  });
  return { rig, ports };
}

/** What the app says of its servers, once it has that version. */
export async function factsOf(rig: Rig, version: string): Promise<Facts> {
  return poll(async () => {
    const answer = await get({ port: rig.port }).catch(() => undefined);
    const facts = answer && answer.status === 200 && (JSON.parse(answer.text) as Facts);
    return facts && facts.version === version ? facts : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}\nholdover has printed:\n${rig.output}`, { cause: error });
  });
}

export const portOf = (one: ServerFacts | undefined): number =>
  one && typeof one.address === 'object' ? one.address.port : 0;

/** How to reach each server, by its name; each gives what the app has answered. */
export function toClients(rig: Rig, ports: Record<string, number>, { facts }: Facts) {
  const clients = new Map<string, () => Promise<string>>();
  const add = (name: string, options: object) =>
    clients.set(name, async () => (await get(options)).text);
  for (const name of NAMES.filter((one) => one in facts)) {
    add(name, { port: ports[name], host: ['six', 'only'].includes(name) ? '::1' : '127.0.0.1' });
  }
  add('name', { port: ports.name, host: 'localhost' });
  for (const name of ['zero', 'zeroAgain', 'none']) {
    add(name, { port: portOf(facts[name]) });
  }
  for (const name of ['stale', 'path']) {
    if (name in facts) add(name, { socketPath: join(rig.app.folder, `${name}.sock`) });
  }
  add('https', { port: ports.https, isSecure: true });
  clients.set('http2', () => getHttp2(`http://localhost:${ports.http2}`));
  clients.set('http2s', () => getHttp2(`https://localhost:${ports.http2s}`));
  const at = { port: ports.echo as number, host: '127.0.0.1' };
  clients.set('echo', async () => {
    const [version, , remotePort] = (await echo(at, 'hello')).split(' ');
    return JSON.stringify({ version, remotePort: Number(remotePort) });
  });
  return clients;
}

/** What a server has answered. */
export const versionOf = (text: string): string =>
  (JSON.parse(text) as { version: string }).version;

/** Runs a file of the app with plain Node to its end, and gives what it has printed. */
export async function runPlain(rig: Rig, env: NodeJS.ProcessEnv): Promise<string> {
  const { folder } = rig.app;
  const plain = start(process.execPath, ['server.js'], {
    cwd: folder,
    env: { PORT: String(rig.port), ...env },
  });
  await plain.printed(/^seen .*\n/m);
  plain.kill('SIGKILL');
  await plain.exited;
  return plain.output;
}

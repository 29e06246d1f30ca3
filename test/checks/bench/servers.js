import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from 'redis';
import { findFreePort, toEnvironment } from './environment.js';

const REGISTER = new URL('../../../dist/register.js', import.meta.url);
const APP = fileURLToPath(new URL('app.js', import.meta.url));
const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** How long a server may take to start, in milliseconds. */
const START_TIMEOUT = 20_000;

/** The stores, MemoryStore first: the others are compared with it. */
const STORES = [
  { id: 'memory', name: 'MemoryStore' },
  { id: 'holdover', name: 'holdover', sessions: '.holdover/sessions', isFile: true },
  { id: 'session-file-store', name: 'session-file-store', sessions: 'sessions', isFile: true },
  { id: 'keyv-file', name: 'keyv-file', sessions: 'sessions', isFile: true },
];

/** Those that keep sessions in the same Redis. */
const REDIS_STORES = [
  { id: 'connect-redis', name: 'connect-redis' },
  { id: 'holdover-redis', name: 'holdover on Redis' },
];

/** The stores that are adopted: their app has a MemoryStore. */
const ADOPTED = new Set(['holdover', 'holdover-redis']);

/** Starts a server for each store, and Redis for two of them. `close` leaves nothing behind. */
export async function openServers() {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'holdover-bench-')));
  const children = [];
  const close = async () => {
    await Promise.all(children.map(end));
    await rm(root, { recursive: true, force: true });
  };
  const skipped = [];
  try {
    const servers = [];
    for (const store of STORES) servers.push(await openServer(root, store, children));
    const redis = await openRedis(root, children).catch((error) => error);
    if (redis instanceof Error) skipped.push({ name: 'Redis', reason: redis.message });
    else {
      for (const store of REDIS_STORES) {
        servers.push(await openServer(root, { ...store, redis }, children));
      }
    }
    return { servers, skipped, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openServer(root, { id, name, sessions, isFile = false, redis }, children) {
  const folder = join(root, id);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: id, type: 'module' }));
  await copyFile(APP, join(folder, 'app.js'));
  await symlink(NODE_MODULES, join(folder, 'node_modules'), 'junction');
  const isAdopted = ADOPTED.has(id);
  // Redis is for production, and is measured as it is there.
  const ofProduction = {
    NODE_ENV: 'production',
    SESSION_TYPE: 'redis',
    REDIS_URL: `redis://127.0.0.1:${redis}`,
    SESSION_SECRET: randomBytes(32).toString('hex'),
  };
  const child = fork(join(folder, 'app.js'), [id, ...(redis ? [String(redis)] : [])], {
    cwd: folder,
    env: { ...toEnvironment(root), ...(redis && ofProduction) },
    execArgv: isAdopted ? ['--import', REGISTER.href] : [],
    stdio: ['ignore', 'ignore', isAdopted ? 'pipe' : 'inherit', 'ipc'],
  });
  children.push(child);
  let said = '';
  child.stderr?.on('data', (chunk) => (said += chunk)); // its line at the start
  const timeout = AbortSignal.timeout(START_TIMEOUT);
  const died = once(child, 'exit', { signal: timeout }).then(([code]) => {
    throw new Error(`The server of ${name} ended with ${code}. ${said}`);
  });
  died.catch(() => {});
  const [port] = await Promise.race([once(child, 'message', { signal: timeout }), died]);
  return {
    name,
    isFile,
    isRedis: redis !== undefined,
    isDurable: id !== 'memory',
    url: `http://127.0.0.1:${port}`,
    /** Sees that the sessions were where they should be: a store that was not used is fast, too. */
    async checkKept(count) {
      if (redis) await checkKeys(redis, isAdopted ? 'holdover:' : 'sess:', count);
      if (!sessions) return;
      const entries = await readdir(join(folder, sessions), { recursive: true });
      if (entries.length < count) throw new Error(`${name} has kept ${entries.length} files only`);
    },
  };
}

/** Starts Redis on a free port, as it is by default but for these settings. */
export async function openRedis(root, children, settings = []) {
  const folder = join(root, 'redis');
  await mkdir(folder);
  const port = await findFreePort();
  const options = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, ...settings];
  const child = spawn('redis-server', options.map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failed = Promise.race([
    once(child, 'error').then(([error]) => error),
    once(child, 'exit').then(([code]) => new Error(`redis-server ended with ${code}`)),
  ]).then((error) => {
    if (error.code === 'ENOENT') throw new Error('redis-server is not installed');
    throw error;
  });
  failed.catch(() => {});
  if (child.pid === undefined) await failed;
  children.push(child);
  await Promise.race([failed, isReady(child), sleep(START_TIMEOUT, undefined, { ref: false })]);
  return port;
}

async function isReady(child) {
  let said = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes('Ready to accept connections')) break;
  }
  child.stdout.resume();
}

/** Sees that sessions are in Redis, under the keys of their store. */
async function checkKeys(port, prefix, count) {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  await client.connect();
  const keys = await client.keys(`${prefix}*`);
  client.destroy();
  if (keys.length < count) throw new Error(`${keys.length} keys only begin with ${prefix}`);
}

/** Ends a process that was started here, unless it has ended. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

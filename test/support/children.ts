import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The processes that a process has started and that live. */
export function childrenOf(pid: number): number[] {
  return HAS_LISTS ? listed(pid).filter(isRunning) : listByPs(pid);
}

/** Tests ask again and again: a `ps` each time would take the processor from what they wait for. */
const HAS_LISTS = existsSync(`/proc/self/task/${process.pid}/children`);

/** By each of its threads. */
function listed(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  const threads = ifThere(() => readdirSync(tasks)) ?? [];
  const lists = threads.map((thread) => readIfThere(`${tasks}/${thread}/children`));
  return lists.flatMap((list) => list.trim().split(' ').map(Number)).filter(Boolean);
}

/** Whether a process runs, or has ended without that its parent has heard of it. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether it is more than an exit code that nobody has asked for. */
function isRunning(pid: number): boolean {
  return /\) [^ZX] /.test(readIfThere(`/proc/${pid}/stat`));
}

function readIfThere(path: string): string {
  return ifThere(() => readFileSync(path, 'utf8')) ?? '';
}

/** Processes may end meanwhile. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function listByPs(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return lines.split('\n').flatMap((line) => {
    const [child, parent, state = ''] = line.trim().split(/\s+/);
    return Number(parent) === pid && !state.startsWith('Z') ? [Number(child)] : [];
  });
}

/** How many copies of the socket that listens on a port a process has. Linux only. */
export function copiesOf(port: number, pid: number): number {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(table, port)));
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readLink(`/proc/${pid}/fd/${fd}`));
  return links.filter((link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')).length;
}

const LISTEN = '0A';

function listeningInodes(table: string, port: number): string[] {
  const [, ...lines] = readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const isOurs = Number.parseInt(local.split(':')[1] ?? '', 16) === port && state === LISTEN;
    return isOurs ? [inode] : [];
  });
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Agent, get } from 'node:http';

/**
 * Which of some processes answers at an address: the one that holds the other end of a connection.
 * Linux only.
 *
 * @returns {Promise<number | undefined>} its id
 */
export async function findServingProcess(url, pids) {
  const agent = new Agent({ keepAlive: true });
  try {
    const request = get(new URL('/version', url), { agent });
    const [response] = await once(request, 'response');
    const { localPort, remotePort } = response.socket;
    response.resume();
    await once(response, 'end');
    const inode = findInode(remotePort, localPort);
    return pids.find((pid) => hasSocket(pid, inode));
  } finally {
    agent.destroy();
  }
}

/** What Linux calls the end of a connection, by the ports as that end sees them. */
function findInode(port, peerPort) {
  const isEnd = (address, wanted) => parseInt(address?.split(':')[1], 16) === wanted;
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .find(([, own, peer]) => isEnd(own, port) && isEnd(peer, peerPort))?.[9];
}

function hasSocket(pid, inode) {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => {
      return readlinkSync(`${folder}/${name}`) === `socket:[${inode}]`;
    });
  } catch {
    return false; // it has just ended, or has just closed a file
  }
}

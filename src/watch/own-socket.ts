import { existsSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AcceptedConnections } from './accepted-connections.ts';
import type { Child } from './child.ts';
import type { Accept, HeldSocket } from './held-socket.ts';
import { keepPath, linkBoundPath, removePath, restorePath, toBoundPath } from './kept-path.ts';
import type { Place, SocketId, SocketKind } from './messages.ts';

/**
 * A socket that this process listens on itself, for the app, where Node has no handles that could be
 * shared. Public APIs do: each connection is accepted here, unread, and handed over as it is. A copy is
 * kept here: for the next run, when one has not taken the connection or passes it on.
 */
export class OwnSocket implements HeldSocket {
  readonly id: SocketId;
  isClaimed = false;
  readonly #place: Place;
  readonly #server: Server;
  readonly #connections = new AcceptedConnections();
  /** Speaks on it, as the run that has claimed it last has said. */
  #kind: SocketKind = 'other';
  #child: Child | undefined;
  #answer: Accept | undefined;
  #opened: Promise<void> | undefined;
  #isKept = false;
  #isLeft = false;
  #isClosed = false;

  /** @param waiting connections that another socket on the address has accepted */
  constructor(id: SocketId, place: Place, waiting: Socket[] = []) {
    this.id = id;
    this.#place = place;
    this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) =>
      this.#accept(socket),
    );
    for (const socket of waiting) this.#connections.add(socket);
  }

  /** The port that it is on; 0 for a path. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  /** Where it listens, and `''` on a path, which the app knows best. */
  get address(): AddressInfo | string {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address : '';
  }

  get hasWaiting(): boolean {
    return this.#connections.waiting.size > 0;
  }

  /**
   * Begins to listen, the first time.
   *
   * @throws Error of Node's when it cannot
   */
  open(): Promise<void> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<void> {
    const { path, anyPort } = this.#place;
    if (path !== undefined && (await this.#openKept(path))) return;
    if (anyPort && (await this.#tryToListen({ ...this.#place, port: anyPort }))) return;
    await this.#listen(this.#place); // with the errors that this may have
  }

  /** Makes it the one at its path again. @returns whether it is */
  reopen(): boolean {
    const { path } = this.#place;
    return path === undefined || (this.#isKept && restorePath(path));
  }

  /** A run of the app listens: it gets what has waited, and what comes. */
  claim(child: Child, kind: SocketKind): void {
    this.isClaimed = true;
    if (this.#child !== child) void child.exited.then(() => this.#runEnded(child));
    this.#child = child;
    this.#kind = kind;
    for (const connection of this.#connections.waiting.keys()) this.#give(connection);
  }

  /** A run of the app has a connection. */
  taken(connection: number): void {
    this.#connections.take(connection);
  }

  /** A connection is idle, and the next run goes on with it. */
  passed(connection: number): void {
    this.#connections.pass(connection);
    this.#give(connection);
  }

  /** A connection has ended: without the copy here its client sees that. */
  ended(connection: number): void {
    this.#connections.end(connection);
  }

  hand(child: Child): void {
    const { address, id } = this;
    if (typeof address === 'object') child.send({ holdover: 'held', id, address });
    this.#child = undefined; // until it asks
    this.#answer = undefined;
    this.isClaimed = false;
  }

  answer(accept: Accept): void {
    this.#answer = accept;
    this.isClaimed = false;
    for (const socket of this.release()) this.#accept(socket);
  }

  leave(): void {
    this.#isLeft = true;
  }

  /** Hands out the connections that wait. */
  release(): Socket[] {
    return this.#connections.release();
  }

  close(): void {
    this.#isClosed = true;
    this.#server.close();
    for (const socket of this.release()) socket.destroy();
    this.#connections.endTaken(); // the app has them still
    if (this.#isKept) removePath(this.#place.path as string);
  }

  /** As a run of the app would have bound it (see `kept-path.ts`). @returns whether it could */
  async #openKept(path: string): Promise<boolean> {
    const boundPath = toBoundPath(path);
    if (existsSync(path)) return false;
    rmSync(boundPath, { force: true }); // of a run that was killed
    if (!(await this.#tryToListen({ ...this.#place, path: boundPath }))) return false;
    this.#isKept = linkBoundPath(path);
    if (this.#isKept) keepPath(path);
    else await new Promise((resolve) => this.#server.close(resolve));
    return this.#isKept;
  }

  #tryToListen(place: Place): Promise<boolean> {
    return this.#listen(place).then(
      () => true,
      () => false,
    );
  }

  #listen(place: Place): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(place, () => {
        this.#server.off('error', reject);
        this.#server.on('error', () => {}); // a connection could not be accepted: its client sees it
        if (this.#isClosed) this.#server.close(); // while its host was looked up
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {}); // it is gone
    sendUncounted(socket);
    if (this.#answer && this.#kind === 'http') this.#answer(socket);
    else if (this.#answer || this.#isClosed) socket.destroy();
    else this.#give(this.#connections.add(socket));
  }

  /** What a run had has ended with it. */
  #runEnded(child: Child): void {
    if (this.#child && this.#child !== child) return;
    this.#connections.endTaken();
  }

  /** One that is about to end is given nothing any more, unless nobody follows. */
  #give(connection: number): void {
    const isThere = this.#child && (this.#isLeft || !this.#child.isStopping);
    const socket = this.#connections.waiting.get(connection);
    if (!this.isClaimed || !isThere || !socket) return;
    this.#child?.send({ holdover: 'accepted', id: this.id, connection }, socket);
  }
}

/**
 * Has `child.send` keep no count of the connections of a server: for that it adds a listener for each
 * server to the `process` of the app, and Node warns the app of more than ten.
 *
 * It knows them by `socket.server`, which is not documented; the same from Node 20 to 24, pinned by
 * `test/watch/without-handles.test.ts`. Were it another way, there would be the warning.
 */
function sendUncounted(socket: Socket): void {
  Object.assign(socket, { server: undefined });
}

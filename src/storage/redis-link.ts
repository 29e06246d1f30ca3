import { withDeadline } from './deadline.ts';
import { isReply, isWrongServer, type RedisOutage } from './redis-outage.ts';
import type { OnLost, RedisClient } from './redis-client.ts';

/** How long to wait before the next attempt to connect, in milliseconds: the first, and the longest. */
const FIRST_DELAY = 25;
const LONGEST_DELAY = 250;

/** How long a handshake or a probe may take before the connection is given up, in milliseconds. */
const PATIENCE = 1000;

/** How long commands that are under way on a connection that is replaced have, in milliseconds. */
const FAREWELL = 1000;

/** How a link connects. */
export interface LinkOptions {
  /**
   * Opens a connection, and tells when it is lost, or a part of it. The signal says that nobody waits
   * for it any more.
   */
  open: (onLost: OnLost, signal: AbortSignal) => Promise<RedisClient>;
  /** How long a call may take, in milliseconds. */
  timeout: number;
  outage: RedisOutage;
}

/**
 * The way to Redis. Every call ends within its deadline, with an answer or an error; nothing is kept
 * to be sent later. No option of the client bounds a call to a server that is frozen under traffic, so
 * the deadline is our own, and after it a breaker: calls fail at once until one probe is answered.
 */
export class RedisLink {
  readonly #options: LinkOptions;
  #client: RedisClient | undefined;
  #opening: Promise<void> | undefined;
  /** When the connection was lost, or the first one was begun. */
  #lostAt = performance.now();
  /** Whether a call has passed its deadline and the probe is not answered yet. */
  #isFrozen = false;
  #failure: Error | undefined;
  #replacedAt = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#open();
  }

  /**
   * Runs commands over the connection that there is. One that was lost a moment ago is waited for.
   *
   * @throws Error with status 503 when Redis does not answer in time, or refuses
   */
  run<T>(
    commands: (client: RedisClient) => Promise<T>,
    timeout = this.#options.timeout,
  ): Promise<T> {
    const { outage } = this.#options;
    const client = this.#client;
    if (this.#isFrozen || (!client && performance.now() - this.#lostAt > timeout)) {
      return Promise.reject(outage.toError(this.#failure));
    }
    let isOver = false;
    const work = client
      ? commands(client)
      : this.#whenOpen().then((opened) => {
          if (isOver) throw new Error('the call has failed before'); // and is not sent after that
          return commands(opened);
        });
    const toError = (): Error => {
      isOver = true;
      return this.#missed(client, timeout);
    };
    return withDeadline(work, timeout, toError, { toFailure: this.#toFailure });
  }

  /** Tells that a write was carried out. */
  accepted(): void {
    this.#options.outage.accepting();
  }

  #missed(client: RedisClient | undefined, timeout: number): Error {
    const error = new Error(`no answer within ${timeout} ms`);
    if (!client) return this.#failure ?? error;
    if (client.isCluster) return error; // one node of it, as far as this call can tell
    if (client === this.#client && !this.#isFrozen) void this.#probe(client, error);
    return error;
  }

  #toFailure = (error: Error): Error => {
    const { outage } = this.#options;
    if (isReply(error)) {
      outage.refusing(error);
      if (isWrongServer(error)) this.#replace();
    } else if (this.#client && !this.#isFrozen) {
      this.#lostPart(error);
    }
    return outage.toError(error);
  };

  /** Fails all calls until Redis answers; a connection that stays silent is given up. */
  async #probe(client: RedisClient, error: Error): Promise<void> {
    this.#isFrozen = true;
    this.#failure = error;
    this.#options.outage.down(error);
    try {
      await withDeadline(ping(client), PATIENCE, () => error, { keepsAlive: false });
      if (client !== this.#client) return;
      this.#isFrozen = false;
      this.#options.outage.up();
    } catch {
      this.#lost(client, error);
    }
  }

  #lost(client: RedisClient | undefined, error: Error): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#isFrozen = false;
    this.#lostAt = performance.now();
    this.#failure = error;
    client?.destroy();
    this.#open();
  }

  /** A node of a Cluster is lost: the others stay in use. */
  #lostPart(error: Error): void {
    this.#options.outage.down(error);
    this.#replace();
  }

  async #whenOpen(): Promise<RedisClient> {
    await this.#opening;
    if (!this.#client) throw this.#failure ?? new Error('it cannot be reached');
    return this.#client;
  }

  #open(): void {
    this.#opening = this.#keepConnecting();
  }

  /** Tries until it works. */
  async #keepConnecting(): Promise<void> {
    let delay = FIRST_DELAY;
    while (!this.#client) {
      try {
        this.#client = await this.#connect();
      } catch (error) {
        this.#failure = error as Error;
        this.#options.outage.down(this.#failure);
        await pause(delay);
        delay = Math.min(delay * 2, LONGEST_DELAY);
      }
    }
    this.#opening = undefined;
    this.#options.outage.up();
  }

  async #connect(): Promise<RedisClient> {
    let opened: RedisClient | undefined;
    const controller = new AbortController();
    const onLost: OnLost = (error, isPart) => {
      if (opened === undefined || opened !== this.#client) return;
      if (isPart) this.#lostPart(error);
      else this.#lost(opened, error);
    };
    const opening = this.#options.open(onLost, controller.signal);
    const toError = (): Error => {
      controller.abort();
      return new Error(`no answer within ${PATIENCE} ms`);
    };
    opened = await withDeadline(opening, PATIENCE, toError, { keepsAlive: false });
    return opened;
  }

  /** Connects anew beside the connection that there is, which stays in use until that has worked. */
  #replace(): void {
    const now = performance.now();
    if (!this.#client || this.#opening || now - this.#replacedAt < LONGEST_DELAY) return;
    this.#replacedAt = now;
    const old = this.#client;
    this.#connect()
      .then((client) => {
        if (this.#client === old) this.#client = client;
        else client.destroy();
        setTimeout(() => old.destroy(), FAREWELL).unref();
        return ping(client).then(() => this.#options.outage.up());
      })
      .catch(() => {}); // the old one is all that there is, until the next call fails
  }
}

async function ping(client: RedisClient): Promise<void> {
  const masters = await client.masters();
  await Promise.all(masters.map((send) => send(['PING'])));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

import { begin, withDeadline } from './deadline.ts';
import { LONGEST_DELAY, openInTime, ping, toPatience, toPauses, waitAfter } from './patience.ts';
import { isReply, isWrongServer, type RedisOutage } from './outage.ts';
import type { OnLost, RedisClient } from '../client.ts';

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
  /** When the connection was lost, or the first attempt has failed. Before that nothing is known. */
  #lostAt = Infinity;
  /** When a call was last answered in time. */
  #answeredAt = 0;
  /** Set when a call has passed its deadline, until an answer comes. */
  #silence: Error | undefined;
  #failure: Error | undefined;
  #replacedAt = -Infinity;
  /** When all nodes of a Cluster have answered. */
  #backAt = -Infinity;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#opening = this.#keepConnecting();
  }

  /**
   * Runs commands over the connection that there is. One that was lost a moment ago is waited for.
   *
   * @throws Error with status 503 when Redis does not answer in time, or refuses
   */
  async run<T>(
    commands: (client: RedisClient) => Promise<T>,
    timeout = this.#options.timeout,
  ): Promise<T> {
    const { outage } = this.#options;
    const client = this.#client;
    const since = performance.now();
    if (this.#silence || this.#isOutOfReach(timeout)) throw outage.toError(this.#failure);
    let isOver = false;
    const work = client
      ? begin(() => commands(client))
      : this.#whenOpen(() => !isOver).then(commands);
    const toError = (): Error => {
      isOver = true;
      work.then(() => this.#thaw(client)).catch(() => {}); // late, and still an answer
      return this.#missed(client, since, timeout);
    };
    try {
      const answer = await withDeadline(work, timeout, toError, toPauses(client !== undefined));
      this.#answeredAt = performance.now();
      return answer;
    } catch (error) {
      this.#failed(client, since, error as Error);
      throw outage.toError(error as Error);
    }
  }

  /** Tells that a write was carried out. */
  accepted(): void {
    this.#options.outage.accepting();
  }

  #isOutOfReach(timeout: number): boolean {
    return !this.#client && performance.now() - this.#lostAt > timeout;
  }

  /**
   * A call has passed its deadline. That says something of the connection only when it had all of that
   * time on it, and no other call was answered meanwhile.
   */
  #missed(client: RedisClient | undefined, since: number, timeout: number): Error {
    const error = new Error(`no answer within ${timeout} ms`);
    if (!client) return this.#failure ?? error;
    if (client.isCluster) return error; // one node of it, as far as this call can tell
    const isSilent = this.#answeredAt <= since;
    if (isSilent && client === this.#client && !this.#silence) void this.#probe(client, error);
    return error;
  }

  /** @param client the connection that the call was given; none when it had to wait for one */
  #failed(client: RedisClient | undefined, since: number, error: Error): void {
    if (isReply(error)) {
      this.#options.outage.refusing(error);
      if (isWrongServer(error)) this.#replace();
    } else if (client && client === this.#client) {
      if (client.isCluster) this.#lostPart(since, error);
      else if (!client.isReady()) this.#lost(client, error);
    }
  }

  /** Fails all calls until Redis answers; a connection that stays silent is given up. */
  async #probe(client: RedisClient, error: Error): Promise<void> {
    this.#silence = error;
    this.#failure = error;
    this.#options.outage.down(error);
    try {
      await ping(client, this.#options.timeout);
      this.#thaw(client);
    } catch {
      if (this.#silence === error) this.#lost(client, error);
    }
  }

  #thaw(client: RedisClient | undefined): void {
    if (!this.#silence || client !== this.#client) return;
    this.#silence = undefined;
    this.#options.outage.up();
  }

  #lost(client: RedisClient | undefined, error: Error): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#silence = undefined;
    this.#lostAt = performance.now();
    this.#failure = error;
    client?.destroy();
    this.#opening = this.#keepConnecting();
  }

  /** A node of a Cluster is lost: the others stay in use. */
  #lostPart(since: number, error: Error): void {
    // What was asked before it is back, or right after, may fail; what stays away fails again.
    if (since - this.#backAt > LONGEST_DELAY) this.#options.outage.down(error);
    this.#replace();
  }

  /** @param isWanted whether somebody still waits for it by then: a call that has failed is not sent */
  async #whenOpen(isWanted: () => boolean): Promise<RedisClient> {
    await this.#opening;
    if (!this.#client || !isWanted()) throw new Error('it cannot be reached');
    return this.#client;
  }

  /** Tries until it works. */
  async #keepConnecting(): Promise<void> {
    for (let attempt = 0; !this.#client; attempt++) {
      try {
        this.#client = await this.#connect();
      } catch (error) {
        this.#failure = error as Error;
        this.#lostAt = Math.min(this.#lostAt, performance.now());
        this.#options.outage.down(this.#failure);
        await waitAfter(attempt);
      }
    }
    this.#opening = undefined;
    this.#lostAt = Infinity;
    this.#options.outage.up();
  }

  async #connect(): Promise<RedisClient> {
    const { open, timeout } = this.#options;
    let opened: RedisClient | undefined;
    const onLost: OnLost = (error, isPart) => {
      if (opened === undefined || opened !== this.#client) return;
      if (isPart) this.#lostPart(performance.now(), error);
      else this.#lost(opened, error);
    };
    opened = await openInTime((signal) => open(onLost, signal), timeout);
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
        // Calls may be under way on it.
        setTimeout(() => old.destroy(), toPatience(this.#options.timeout)).unref();
        return ping(client, this.#options.timeout).then(() => {
          if (client !== this.#client) return; // one that came after it has to answer
          this.#backAt = performance.now();
          this.#options.outage.up();
        });
      })
      .catch(() => {}); // the old one is all that there is, until the next call fails
  }
}

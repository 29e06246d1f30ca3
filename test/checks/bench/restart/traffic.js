import { Agent } from 'node:http';
import { send } from './requests.js';

/** As many browsers keep connections alive. */
const AGENTS = 4;

const QUOTE = { venueId: 'pine-loft', menuId: 'garden', day: '2031-12-19', people: 30 };

/** What people do with the app. Nothing of it makes the app larger. */
const REQUESTS = [
  { path: '/version' },
  { path: '/me' },
  { path: '/pages/venues', headers: { 'accept-encoding': 'gzip' } },
  {
    path: '/quotes',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(QUOTE),
  },
];

/**
 * So many requests a second, at their times whether or not the ones before were answered: half of them on
 * connections of their own, half on connections that are kept alive, all with the cookie of a login.
 */
export class Traffic {
  #url;
  #cookie;
  #counts;
  #interval;
  #agents = [];
  #timer;
  #due = 0;
  #number = 0;
  #pending = new Set();

  /** @param rate requests a second; with 0 there is no traffic */
  constructor({ app, cookie }, counts, rate) {
    this.#url = app.url;
    this.#cookie = cookie;
    this.#counts = counts;
    this.#interval = 1000 / rate;
  }

  start() {
    // First in, first out: no connection is idle for so long that the server closes it by itself.
    const options = { keepAlive: true, scheduling: 'fifo' };
    this.#agents = Array.from({ length: AGENTS }, () => new Agent(options));
    this.#due = performance.now();
    if (this.#interval < Infinity) this.#tick();
  }

  /** Waits for the last answers. */
  async stop() {
    clearTimeout(this.#timer);
    await Promise.all(this.#pending);
    for (const agent of this.#agents) agent.destroy();
  }

  #tick() {
    while (this.#due <= performance.now()) {
      this.#send(this.#number++);
      this.#due += this.#interval;
    }
    this.#timer = setTimeout(() => this.#tick(), this.#due - performance.now());
  }

  #send(number) {
    const kind = REQUESTS[(number >> 1) % REQUESTS.length]; // each of them on either connection
    const agent = number % 2 === 0 ? false : this.#agents[(number >> 1) % AGENTS];
    const headers = { ...kind.headers, cookie: this.#cookie };
    const answered = send(this.#url, { ...kind, headers, agent }).then((answer) => {
      this.#counts.add(answer);
      this.#pending.delete(answered);
    });
    this.#pending.add(answered);
  }
}

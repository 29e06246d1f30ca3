import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toEnvironment } from '../environment.js';
import { logIn, send } from './requests.js';
import { toCommand } from './restarters.js';

/** How long a server may take to start, and a restarter to end, in milliseconds. */
const START_TIMEOUT = 30_000;
const END_TIMEOUT = 5000;

/** Between two questions whether it has started, in milliseconds. */
const START_INTERVAL = 10;

/** How much of what is printed is kept, to be shown when something fails. */
const KEPT_OUTPUT = 4000;

/** An app under a restarter: started, logged in to, and ended. */
export class Host {
  #child;
  #said = '';
  #node;
  #root;

  /** The cookie of the login of this start. */
  cookie;
  /** When the first answer came, by `performance.now()`. */
  answeredAt;

  constructor(restarter, app, { root, node }) {
    this.restarter = restarter;
    this.app = app;
    this.#root = root;
    this.#node = node;
  }

  get name() {
    return this.restarter.name;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Starts the restarter, and waits for the first answer of the app. */
  async start() {
    const [program, ...words] = toCommand(this.restarter, this.#node);
    this.#child = spawn(program, words, {
      cwd: this.app.folder,
      env: this.#toEnvironment(),
      stdio: 'pipe', // its input stays open: some restarters end with it
      detached: true, // a group of its own, so that all of it can be ended
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#said = (this.#said + text).slice(-KEPT_OUTPUT);
      });
    }
    this.#child.once('error', (error) => (this.#said += error.message));
    const deadline = performance.now() + START_TIMEOUT;
    while ((await send(this.app.url, { path: '/version' })).status !== 200) {
      if (this.#isOver || performance.now() > deadline) {
        throw new Error(`No start. ${this.describe()}`);
      }
      await sleep(START_INTERVAL);
    }
    this.answeredAt = performance.now();
    this.cookie = await logIn(this.app.url);
  }

  /** Ends the restarter, and whatever is left of what it has started. */
  async end() {
    if (!this.#child?.pid) return;
    if (!this.#isOver) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await Promise.race([ended, sleep(END_TIMEOUT, undefined, { ref: false })]);
    }
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // all of it has ended
    }
  }

  /** Starts one anew that has broken down. */
  async restart() {
    console.log(`Broken down. ${this.describe()}`);
    await this.end();
    await this.start();
  }

  describe() {
    return `${this.name} has printed:\n${this.#said}`;
  }

  get #isOver() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #toEnvironment() {
    return {
      ...toEnvironment(this.#root),
      // Caches of others go where the app is, and nobody asks the network for a newer version.
      XDG_CACHE_HOME: join(this.#root, 'cache'),
      DENO_NO_UPDATE_CHECK: '1',
      PORT: String(this.app.port),
      NO_COLOR: '1',
      FORCE_COLOR: '0',
      // A restarter that looks for Node itself shall find the one that is asked for.
      PATH: [dirname(this.#node), process.env.PATH].join(delimiter),
    };
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { createApp, type App } from './app.ts';
import { Browser } from './browser.ts';
import { linkPackage } from './packages.ts';
import { bePatientWithRedis } from './patient-redis.ts';
import { poll } from './poll.ts';
import { start, type Running } from './running.ts';

/** What has become of the requests of an outage. */
export interface Figures {
  sent: number;
  answered: number;
  /** Answered 503, which leaves the cookie where it is. */
  refused: number;
  /** Anything else: another status, no answer, the answer of somebody else. */
  wrong: number;
  /** Answered as if nobody were logged in. */
  loginsLost: number;
}

interface Person {
  name: string;
  browser: Browser;
  /** The last count that was acknowledged. */
  count: number;
  isLoggedIn: boolean;
}

const NAMES = ['ada', 'bob', 'eve', 'joe'];
const PAUSE = 10;

export const GONE = 'is out of reach';
const BACK = 'is back';

/** An Express app on Redis, with people who are logged in and go on clicking. */
export class RedisApp {
  readonly app: App;
  readonly running: Running;
  readonly people: Person[];
  readonly figures: Figures = {
    sent: 0,
    answered: 0,
    refused: 0,
    wrong: 0,
    loginsLost: 0,
  };
  #isStopped = false;
  #traffic: Promise<void>[] = [];

  static async begin(env: NodeJS.ProcessEnv): Promise<RedisApp> {
    return RedisApp.#begin(await createApp('express-store'), env);
  }

  /** As `begin`, for what is not about the deadlines of calls to Redis. */
  static async beginPatiently(env: NodeJS.ProcessEnv): Promise<RedisApp> {
    const app = await createApp('express-store');
    bePatientWithRedis(app);
    return RedisApp.#begin(app, env);
  }

  static async #begin(app: App, env: NodeJS.ProcessEnv): Promise<RedisApp> {
    linkPackage(app, '@keyv/redis');
    const running = start(process.execPath, ['server.js'], {
      cwd: app.folder,
      env: { PORT: String(app.port), SESSION_TYPE: 'redis', ...env },
    });
    await running.printed('listening');
    return new RedisApp(app, running);
  }

  private constructor(app: App, running: Running) {
    this.app = app;
    this.running = running;
    this.people = NAMES.map((name) => ({
      name,
      browser: new Browser(app.url),
      count: 0,
      isLoggedIn: false,
    }));
  }

  async login(): Promise<void> {
    for (const person of this.people) {
      const { name, browser } = person;
      // Again after a failure, too: the server may just have closed the connection that was kept.
      await poll(async () => {
        const answer = browser.request(`/login/${name}`, { method: 'POST' });
        return (await answer.catch(() => undefined))?.ok;
      });
      person.isLoggedIn = true;
    }
  }

  /** Everybody goes on reading and writing, until `stop`. */
  click(): void {
    this.#traffic = this.people.map((person) => this.#run(person));
  }

  /** Somebody tries to log in, so often, whose cookies nobody keeps. */
  async knock(times: number): Promise<void> {
    for (let count = 0; count < times; count++) {
      const browser = new Browser(this.app.url);
      await this.#ask(
        { name: 'nobody', browser, count: 0, isLoggedIn: false },
        '/login/no',
        'POST',
      );
    }
  }

  /** Waits until so many more requests were answered, or refused. */
  async until(kind: 'answered' | 'refused', more = 20): Promise<void> {
    const wanted = this.figures[kind] + more;
    await poll(() => this.figures[kind] >= wanted).catch((cause: Error) => {
      const message = `${JSON.stringify(this.figures)}\n${this.running.output}`;
      throw new Error(message, { cause });
    });
  }

  /** Ends the traffic, and sees that everybody is still who they were, with what they had. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#traffic);
    for (const { name, browser, count } of this.people) {
      const me = await poll(() => browser.json<{ user?: string; count: number }>('/me'));
      if (me.user !== name) this.figures.loginsLost++;
      else expect(me.count).toBeGreaterThanOrEqual(count); // what was acknowledged is there
    }
    expect(this.figures).toMatchObject({ wrong: 0, loginsLost: 0 });
    expect(this.running.output).not.toMatch(/unhandled|UnhandledPromise|secret|session=/i);
  }

  /** How often something was printed. */
  said(text: string): number {
    return this.running.output.split(text).length - 1;
  }

  /**
   * Waits until it was said as often that Redis is back as that it is gone: so often at least, and some times
   * more where a busy machine has had calls pass their deadline, but not for each request.
   */
  async saysPairs(times: number): Promise<void> {
    await poll(() => this.said(GONE) === this.said(BACK));
    expect(this.said(GONE)).toBeGreaterThanOrEqual(times);
    expect(this.said(GONE)).toBeLessThanOrEqual(times + 10);
  }

  async #run(person: Person): Promise<void> {
    for (let count = 0; !this.#isStopped; count++) {
      const isWrite = count % 2 === 1;
      await this.#ask(person, isWrite ? '/count' : '/me', isWrite ? 'POST' : 'GET');
      await delay(PAUSE);
    }
  }

  /** Whether the request was answered, and not refused. */
  async #ask(person: Person, path: string, method: string): Promise<boolean> {
    const { figures } = this;
    const { name, browser, isLoggedIn } = person;
    let isAnswered = false;
    figures.sent++;
    try {
      // Express ends the connection when express-session saves again behind an answer, in vain.
      const headers = { connection: 'close' };
      const response = await browser.request(path, { method, headers });
      const answer = (await response.json()) as { user?: string; count: number };
      isAnswered = response.ok;
      if (response.status === 503) figures.refused++;
      else if (!response.ok) figures.wrong++;
      else if (answer.user === name) {
        figures.answered++;
        person.count = answer.count;
      } else if (isLoggedIn) figures.loginsLost++;
    } catch {
      figures.wrong++;
    }
    return isAnswered;
  }
}

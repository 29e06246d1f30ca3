import { poll } from '../../../support/poll.ts';
import { toSame } from './same.ts';
import { Visitor, type Place, type RealApp } from './real-app.ts';
import { Run } from './run.ts';

/** What came of one way to run an app. */
export interface Story {
  /** By what was done; each answer as text. */
  answers: Record<string, string>;
  /** Who was logged in afterwards, with the cookie of the first login. */
  logins: Record<string, string | undefined>;
  stdout: string;
  stderr: string;
  /** As a shell has it. */
  exit: number | null;
}

const HOW_LONG = { within: 60_000, every: 25 };

/** Login, save, kill -9, syntax error and fix, Ctrl-C. */
export async function play(app: RealApp, place: Place, isHeld: boolean): Promise<Story> {
  const run = new Run(app, place, isHeld);
  const teller = new Teller(app, place);
  try {
    await run.begin();
    await teller.runs('1');
    await teller.look('before the login');
    await teller.logIn('login');
    await run.save('2');
    await teller.tell('save', '2');
    await run.killAndStart();
    await teller.tell('kill -9', '2');
    await run.break();
    await run.save('3');
    await teller.tell('syntax error and fix', '3');
    const exit = await run.interrupt();
    const { answers, logins } = teller;
    const { stdout, stderr } = run;
    return { answers, logins, stdout: toSame(stdout, place), stderr: toSame(stderr, place), exit };
  } catch (error) {
    const printed = `${run.stdout}\n${run.stderr}`.trim().split('\n').slice(-40).join('\n');
    const way = isHeld ? 'with holdover' : 'without holdover';
    throw new Error(`${way}: ${(error as Error).message}\nIt has printed:\n${printed}`, {
      cause: error,
    });
  } finally {
    run.stop();
  }
}

/** Writes down what an app answers. */
class Teller {
  readonly answers: Record<string, string> = {};
  readonly logins: Record<string, string | undefined> = {};
  readonly #app: RealApp;
  readonly #place: Place;
  #browser: Visitor;
  #inMemory: Visitor;

  constructor(app: RealApp, place: Place) {
    this.#app = app;
    this.#place = place;
    this.#browser = new Visitor(place.url);
    this.#inMemory = new Visitor(place.url);
  }

  /** Waits until a version answers. */
  async runs(version: string): Promise<void> {
    let answer: string | undefined;
    await poll(async () => {
      answer = await this.#browser.text('/version');
      return answer === version;
    }, HOW_LONG).catch((cause: Error) => {
      throw new Error(`Version ${version} is not answered, but ${answer}.`, { cause });
    });
  }

  /** What has come of a restart. Who is logged out logs in again, so that the pages are the same. */
  async tell(what: string, version: string): Promise<void> {
    await this.runs(version);
    const who = await this.#who();
    this.logins[what] = who;
    if (this.#app.logInInMemory) await this.#lookWithoutUser(what);
    if (who === undefined) await this.logIn(`${what}, login again`);
    else await this.#logInInMemory(what);
    await this.look(what);
  }

  async logIn(what: string): Promise<void> {
    this.#browser = new Visitor(this.#place.url);
    const answer = await this.#app.logIn(this.#browser);
    if (!what.includes('again')) await this.#write(what, answer);
    const who = await this.#who();
    if (who === undefined) throw new Error(`${what} was of no use: ${answer.status}`);
    await this.#logInInMemory(what);
    await this.look(what.replace(', login again', ''));
  }

  async look(what: string): Promise<void> {
    await this.#look(what, this.#browser);
  }

  /** Only what is answered: a session of which a user is taken away is stored and sent, as any that changes. */
  async #lookWithoutUser(what: string): Promise<void> {
    for (const page of this.#app.pages) {
      const answer = await this.#inMemory.request(page);
      const text = `HTTP ${answer.status}\n\n${await answer.text()}`;
      this.answers[`${what}, whose user is gone: GET ${page}`] = toSame(text, this.#place);
    }
  }

  async #logInInMemory(what: string): Promise<void> {
    const answer = await this.#app.logInInMemory?.(this.#inMemory);
    if (answer) await this.#write(`${what.replace(', login again', '')}, in memory`, answer);
  }

  async #look(what: string, browser: Visitor): Promise<void> {
    for (const page of this.#app.pages) {
      await this.#write(`${what}: GET ${page}`, await browser.request(page));
    }
  }

  #who(): Promise<string | undefined> {
    const cookie = `connect.sid=${this.#browser.cookie('connect.sid')}`;
    return this.#app.who({ browser: this.#browser, url: this.#place.url, cookie });
  }

  async #write(what: string, answer: Response): Promise<void> {
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
    const text = [`HTTP ${answer.status}`, ...headers, '', await answer.text()].join('\n');
    this.answers[what] = toSame(text, this.#place);
  }
}

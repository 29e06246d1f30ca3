import { ask, findRunningApps, type RunningApp } from '../asking/ask.ts';
import type { CookieText } from '../asking/questions.ts';
import type { Status } from '../asking/status.ts';

/** How long an app has for its answer, in milliseconds: a person waits for it. */
const WITHIN = 5000;

/** An app that runs, and what it says of itself; `undefined` when it says nothing. */
export interface AskedApp {
  app: RunningApp;
  status: Status | undefined;
}

/** The apps of a project that run, and what they answer. */
export class Apps {
  readonly #root: string;
  readonly #pid: number | undefined;

  /**
   * @param root of the project, absolute
   * @param pid of the only one that is asked; @default all are
   */
  constructor(root: string, pid: number | undefined) {
    this.#root = root;
    this.#pid = pid;
  }

  /** All of them, the newest first. */
  async list(): Promise<AskedApp[]> {
    const toAsked = async (app: RunningApp): Promise<AskedApp> => {
      return { app, status: await tryToAsk<Status>(app, 'status') };
    };
    return Promise.all(this.#find().map(toAsked));
  }

  /**
   * Asks the newest one.
   *
   * @returns `undefined` when none runs
   * @throws Error, in one sentence, when it does not answer
   */
  async askNewest<T>(question: string): Promise<T | undefined> {
    const [app] = this.#find();
    return app && ((await ask(app, question, WITHIN)) as T);
  }

  /** The cookie of a session, as the newest app signs it that can. */
  async sign(
    namespace: string,
    id: string,
  ): Promise<{ app: RunningApp; cookie: CookieText } | undefined> {
    const question = `cookie ${JSON.stringify({ namespace, id })}`;
    for (const app of this.#find()) {
      const answer = await tryToAsk<{ cookie: CookieText | null }>(app, question);
      if (answer?.cookie) return { app, cookie: answer.cookie };
    }
    return undefined;
  }

  /** Where an app listens, as far as it says it. */
  async urlOf(app: RunningApp): Promise<string | null> {
    return (await tryToAsk<Status>(app, 'status'))?.url ?? null;
  }

  #find(): RunningApp[] {
    return findRunningApps(this.#root).filter(({ pid }) => pid === (this.#pid ?? pid));
  }
}

/** `undefined` where it is too busy, or ends. */
async function tryToAsk<T>(app: RunningApp, question: string): Promise<T | undefined> {
  try {
    return (await ask(app, question, WITHIN)) as T;
  } catch {
    return undefined;
  }
}

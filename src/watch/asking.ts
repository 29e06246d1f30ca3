import { Announcement } from '../asking/announcement.ts';
import type { CookieText, NamedSession } from '../asking/questions.ts';
import type { Restarts } from '../asking/restarts.ts';
import type { Status } from '../asking/status.ts';
import { toDisplay } from '../options/project.ts';
import type { Child } from './process/child.ts';
import type { ChildMessages, SupervisorMessage } from './protocol.ts';

/** What the app answers. */
type Told = ChildMessages['signed'];

/** What commands and the inspector ask the app while it runs. */
export class Asks {
  readonly #announcement: Announcement;
  readonly #waiting = new Map<number, (told: Told) => void>();
  #child: Child | undefined;
  /** Where it listens, or did last. */
  #url: string | null = null;
  #count = 0;

  /** @param app its project and its entry, absolute */
  constructor({ root, entry }: { root: string; entry: string }, restarts: Restarts) {
    this.#announcement = new Announcement(root, toDisplay(entry), {
      status: () => this.#status,
      restarts: (since) => restarts.since(since),
      crash: (number) => restarts.crash(number),
      cookie: (session) => this.#sign(session),
    });
  }

  /** From now on this run is asked, and heard. */
  attach(child: Child): void {
    this.#child = child;
    const hear = (told: Told): void => this.#waiting.get(told.id)?.(told);
    child.handlers.push({
      listening: ({ url }) => void (this.#url = url ?? null),
      signed: hear,
    });
    void child.exited.then(() => {
      if (this.#child !== child) return;
      this.#child = undefined;
      const error = 'it has ended meanwhile. Try again when it runs.';
      for (const [id, tell] of this.#waiting) tell({ id, error });
    });
  }

  close(): void {
    this.#announcement.close();
  }

  get #status(): Status {
    const isRunning = this.#child?.isStopping === false;
    return { isRunning, url: this.#url, host: 'watch' };
  }

  /** Has the app sign the cookie of a session: its secret stays there. */
  async #sign(session: NamedSession): Promise<CookieText | null> {
    const { cookie, error } = await this.#ask((id) => ({ holdover: 'sign', id, session }));
    if (cookie !== undefined) return cookie;
    throw new Error(error);
  }

  async #ask(toMessage: (id: number) => SupervisorMessage): Promise<Told> {
    const child = this.#child;
    if (!child || child.isStopping) throw new Error('it does not run now. Try again when it does.');
    const id = this.#count++;
    const told = await new Promise<Told>((resolve) => {
      this.#waiting.set(id, resolve);
      child.send(toMessage(id));
    });
    this.#waiting.delete(id);
    return told;
  }
}

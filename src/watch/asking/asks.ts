import { Announcement } from '../../care/running/announce.ts';
import type { Restarts } from '../../care/running/restarts.ts';
import { toDisplay } from '../../options/project.ts';
import type { Child } from '../process/child.ts';
import type { ChildMessages } from '../protocol.ts';

type Looked = ChildMessages['looked'];

/** What commands ask the app while it runs. */
export class Asks {
  readonly #announcement: Announcement;
  readonly #waiting = new Map<number, (looked: Looked) => void>();
  readonly #restarts: Restarts;
  #child: Child | undefined;
  #count = 0;

  /** @param app its project and its entry, absolute */
  constructor({ root, entry }: { root: string; entry: string }, restarts: Restarts) {
    this.#restarts = restarts;
    this.#announcement = new Announcement(root, toDisplay(entry), {
      look: () => this.#look(),
      status: () => ({ isRunning: this.#child !== undefined, url: null, host: 'watch' }),
      restarts: (since) => this.#restarts.since(since),
      crash: (number) => this.#restarts.crash(number),
      cookie: async () => null,
    });
  }

  /** From now on this run is asked, and heard. */
  attach(child: Child): void {
    this.#child = child;
    child.handlers.push({ looked: (looked) => this.#waiting.get(looked.id)?.(looked) });
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

  /** Has the app look at its memory. */
  async #look(): Promise<object> {
    const child = this.#child;
    if (!child || child.isStopping) throw new Error('it does not run now. Try again when it does.');
    const id = this.#count++;
    const { look, error } = await new Promise<Looked>((resolve) => {
      this.#waiting.set(id, resolve);
      child.send({ holdover: 'look', id });
    });
    this.#waiting.delete(id);
    if (look) return look;
    throw new Error(error);
  }
}

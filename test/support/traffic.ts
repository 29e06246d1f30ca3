import { setTimeout as delay } from 'node:timers/promises';

/** Requests without a pause, until it is stopped. */
export class Traffic<Answer> {
  /** What was answered, in order. */
  readonly answers: Answer[] = [];
  /** What went wrong: `ECONNRESET`, and the like. */
  readonly errors: string[] = [];
  #isStopped = false;
  readonly #done: Promise<void>[];

  /** @param clients how many ask at the same time, each one after the other */
  constructor(ask: () => Promise<Answer>, { clients = 1, pause = 1 } = {}) {
    this.#done = Array.from({ length: clients }, () => this.#run(ask, pause));
  }

  /** Waits for the answers that are outstanding. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#done);
  }

  async #run(ask: () => Promise<Answer>, pause: number): Promise<void> {
    while (!this.#isStopped) {
      try {
        this.answers.push(await ask());
      } catch (error) {
        this.errors.push((error as NodeJS.ErrnoException).code ?? (error as Error).message);
      }
      await delay(pause);
    }
  }
}

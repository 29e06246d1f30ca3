import { get } from '../calls/client.ts';
import type { Notice } from './notice.ts';

/** Reads one thing of the API as often as it changes. The latest answer wins. */
export class Reader<Answer> {
  readonly #notice: Notice;
  readonly #show: (answer: Answer) => void;
  #controller = new AbortController();

  constructor(notice: Notice, show: (answer: Answer) => void) {
    this.#notice = notice;
    this.#show = show;
  }

  /** @returns the failure, which the notice tells of, too */
  async read(path: string): Promise<unknown> {
    this.#controller.abort();
    const { signal } = (this.#controller = new AbortController());
    try {
      const answer = await get<Answer>(path, signal);
      if (signal.aborted) return undefined;
      this.#notice.clear();
      this.#show(answer);
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#notice.fail(error, () => void this.read(path));
      return error;
    }
  }

  /** Nothing is shown any more of what was asked for. */
  stop(): void {
    this.#controller.abort();
  }
}

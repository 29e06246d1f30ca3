import type { Panel } from '../parts/panel.ts';
import { Split } from '../parts/split.ts';
import { SessionDetail } from './detail.ts';
import { SessionList } from './list.ts';

/** At most so often are they read anew because of what happens, in milliseconds. */
const PAUSE = 400;

/** Who is logged in, and all that is known of one session. */
export class SessionsPanel implements Panel {
  readonly title = 'Sessions';
  readonly #split = new Split('#/sessions', 'Session');
  readonly element = this.#split.element;
  readonly #list = new SessionList(this.#split.list, () => this.refresh());
  readonly #detail = new SessionDetail(this.#split, (sentence) => this.#end(sentence));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  show(key: string | undefined): void {
    if (key === undefined) {
      this.#detail.close();
      this.#split.close();
    } else {
      this.#split.open();
      this.#detail.open(key);
    }
    this.#list.select(key);
  }

  /** Each request of the app is a change: they are gathered. */
  refresh(): void {
    clearTimeout(this.#timer);
    const wait = Math.max(0, this.#last + PAUSE - Date.now());
    this.#timer = setTimeout(() => {
      this.#last = Date.now();
      this.#list.refresh();
      this.#detail.refresh();
    }, wait);
  }

  /** The session that is open was ended here. */
  #end(sentence: string): void {
    location.hash = '#/sessions';
    this.#list.tell(sentence);
    this.refresh();
  }
}

import { announce } from '../parts/announce.ts';
import { create, redraw, setText } from '../parts/element.ts';
import { Notice } from '../parts/notice.ts';
import { createHead } from '../parts/panel.ts';
import { toCount, toNumber } from '../parts/text.ts';
import { createNoMatch, createWelcome } from './empty.ts';
import { createFilter } from './filter.ts';
import { Pages } from './pages.ts';
import { Titles, toSorted } from './titles.ts';
import { RowWindow } from './window.ts';

/** The list of all sessions: filtered, sorted, and as much of it as can be seen. */
export class SessionList {
  /** What cannot be read, and what was done. */
  readonly #notice = new Notice();
  readonly #done = new Notice();
  readonly #pages = new Pages(
    { filter: '', sort: 'lastSeen', order: 'desc' },
    { read: (isNew) => this.#read(isNew), failed: (error) => this.#failed(error) },
  );
  readonly #count = create('p', { class: 'counted' });
  readonly #empty = create('div', { class: 'nothing' });
  readonly #titles = new Titles((sort) => this.#pages.setQuery(toSorted(this.#pages.query, sort)));
  readonly #table = create('table', { class: 'sessions' });
  readonly #box = create('div', { class: 'rows', tabindex: -1 }, this.#table);
  readonly #window = new RowWindow(this.#pages, this.#box);
  readonly #filter = createFilter((filter) =>
    this.#pages.setQuery({ ...this.#pages.query, filter }),
  );
  /** The session at which the arrow keys are, and whether it gets the focus when it is read. */
  #activeKey: string | undefined;
  #isExpected = false;
  #isFrame = false;
  readonly #again: () => void;

  /** @param again reads all of the panel anew */
  constructor(pane: HTMLElement, again: () => void) {
    this.#again = again;
    const { before, body, after } = this.#window;
    this.#table.append(this.#titles.caption, this.#titles.head, before, body, after);
    this.#box.addEventListener('keydown', (event) => this.#key(event));
    this.#box.addEventListener('focusin', (event) => this.#follow(event));
    pane.append(createHead('Sessions', this.#filter.element, this.#count));
    pane.append(this.#done.element, this.#notice.element, this.#box, this.#empty);
    document.addEventListener('scroll', () => this.#drawSoon(), { capture: true, passive: true });
    new ResizeObserver(() => this.#drawSoon()).observe(pane);
    this.#tell();
  }

  refresh(): void {
    this.#pages.refresh();
  }

  /** Says what was done, until another session is opened. */
  tell(sentence: string): void {
    this.#done.tell(sentence);
  }

  /** Marks the session that is open. */
  select(key: string | undefined): void {
    if (key !== undefined) this.#done.clear();
    this.#window.selected = key;
    this.#draw();
  }

  #read(isNew: boolean): void {
    this.#notice.clear();
    const { active } = this.#window;
    if (isNew) {
      this.#window.active = 0;
      if (this.#window.anchor) this.#window.reveal(0);
      announce(this.#toCounted());
    } else {
      this.#stay();
      const moved =
        this.#activeKey === undefined ? undefined : this.#pages.indexOf(this.#activeKey);
      this.#window.active = moved ?? Math.min(active, Math.max(0, this.#matching - 1));
    }
    this.#tell();
    this.#draw();
  }

  /** What can be seen stays where it is, when others come or go above it. */
  #stay(): void {
    const anchor = this.#anchor;
    const index = anchor && this.#pages.indexOf(anchor.key);
    if (anchor && index !== undefined && index !== anchor.index) {
      this.#draw();
      this.#window.shift(index - anchor.index);
    }
  }

  /** As it was when it was drawn last. */
  #anchor: { key: string; index: number } | undefined;

  #failed(error: unknown): void {
    this.#notice.fail(error, this.#again);
  }

  get #matching(): number {
    return this.#pages.facts?.matching ?? 0;
  }

  #draw(): void {
    const focused = document.activeElement as HTMLElement;
    const key = this.#table.contains(focused) && focused.dataset.key;
    this.#window.draw();
    this.#anchor = this.#window.anchor;
    const link = this.#window.linkAt(this.#window.active);
    if (this.#isExpected && link) {
      this.#isExpected = false;
      link.focus({ preventScroll: true });
    } else if (key && document.activeElement !== focused) {
      // The arrow keys go on from there.
      (focused.isConnected ? focused : this.#box).focus({ preventScroll: true });
    }
  }

  /** Once for each frame. */
  #drawSoon(): void {
    if (this.#isFrame) return;
    this.#isFrame = true;
    requestAnimationFrame(() => {
      this.#isFrame = false;
      this.#draw();
    });
  }

  /** Tells how many there are, in which order, and what to do when there is none. */
  #tell(): void {
    const { query, facts } = this.#pages;
    setText(this.#count, this.#toCounted());
    this.#titles.show(query);
    this.#table.setAttribute('aria-rowcount', String(this.#matching + 1));
    const isEmpty = facts?.matching === 0;
    this.#box.hidden = isEmpty || facts === undefined;
    if (!isEmpty) return this.#empty.replaceChildren();
    const clear = (): void => this.#filter.clear();
    redraw(this.#empty, facts.total === 0 ? createWelcome() : createNoMatch(query.filter, clear));
  }

  #toCounted(): string {
    const { query, facts } = this.#pages;
    if (!facts) return 'Reading…';
    const all = toCount(facts.total, 'session');
    return query.filter === '' ? all : `${toNumber(facts.matching)} of ${all}`;
  }

  #follow({ target }: FocusEvent): void {
    const key = (target as HTMLElement).dataset.key;
    const index = key === undefined ? undefined : this.#pages.indexOf(key);
    if (key === undefined || index === undefined) return;
    this.#activeKey = key;
    this.#window.active = index;
  }

  #key(event: KeyboardEvent): void {
    const isRow = event.target === this.#box || (event.target as HTMLElement).dataset.key;
    const step = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: this.#window.visible,
      PageUp: -this.#window.visible,
    };
    const { active } = this.#window;
    const to: Record<string, number> = { Home: 0, End: this.#matching - 1 };
    const target = to[event.key] ?? active + (step[event.key as keyof typeof step] ?? NaN);
    if (!isRow || Number.isNaN(target) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#goTo(Math.max(0, Math.min(this.#matching - 1, target)));
  }

  /** Brings the focus to a row, which may have to be read first. */
  #goTo(index: number): void {
    this.#box.focus({ preventScroll: true });
    this.#window.active = index;
    this.#activeKey = this.#pages.at(index)?.key;
    this.#isExpected = true;
    this.#window.reveal(index);
    this.#draw();
  }
}

import { create, createUnseen } from './element.ts';

/** A list with one of its members opened beside it, or in its place where there is no room. */
export class Split {
  readonly element: HTMLElement;
  readonly list = create('div', { class: 'list', tabindex: -1 });
  readonly detail: HTMLElement;
  readonly #home: string;
  /** What had the focus when the member was opened, and how far the page was scrolled. */
  #opener: Element | null = null;
  #scroll = 0;

  /** @param home the address of the list */
  constructor(home: string, label: string) {
    this.#home = home;
    this.detail = create('section', {
      class: 'detail',
      'aria-label': label,
      hidden: true,
      on: { keydown: (event) => this.#leave(event) },
    });
    this.element = create('div', { class: 'split' }, this.list, this.detail);
  }

  get isOpen(): boolean {
    return !this.detail.hidden;
  }

  /** A link that closes what is open. */
  createClose(): HTMLAnchorElement {
    return create(
      'a',
      { class: 'close', href: this.#home },
      create('span', { 'aria-hidden': 'true' }, '✕'),
      createUnseen('Close'),
    );
  }

  open(): void {
    if (!this.isOpen) {
      this.#opener = document.activeElement;
      this.#scroll = window.scrollY;
      this.detail.hidden = false;
      this.element.classList.add('is-open');
    }
    this.detail.scrollTop = 0;
  }

  /** @returns whether something was open */
  close(): boolean {
    if (!this.isOpen) return false;
    this.detail.hidden = true;
    this.element.classList.remove('is-open');
    window.scrollTo(0, this.#scroll);
    const isThere = this.#opener instanceof HTMLElement && this.#opener.isConnected;
    (isThere ? (this.#opener as HTMLElement) : this.list).focus({ preventScroll: true });
    this.#opener = null;
    return true;
  }

  #leave(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    location.hash = this.#home;
  }
}

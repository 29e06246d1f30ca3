import { toSentence } from '../calls/client.ts';
import { create, createButton, type Child } from './element.ts';

/** The place at which something tells what has failed, or what was done. Empty until then. */
export class Notice {
  readonly element = create('div', { class: 'notice-place', role: 'alert' });

  /** Tells of a failure, with a way to try again. */
  fail(error: unknown, again?: () => void): void {
    const retry = again && createButton('Try again', again);
    this.#show('is-bad', '!', create('span', {}, toSentence(error)), retry);
  }

  tell(...children: Child[]): void {
    this.#show('is-good', '✓', ...children);
  }

  clear(): void {
    this.element.replaceChildren();
  }

  #show(kind: string, sign: string, ...children: Child[]): void {
    const mark = create('span', { class: 'sign', 'aria-hidden': 'true' }, sign);
    const text = create('div', { class: 'notice-text' }, ...children);
    this.element.replaceChildren(create('div', { class: `notice ${kind}` }, mark, text));
  }
}

import type { Opened } from '../../answers.ts';
import { confirm } from '../parts/confirm.ts';
import { create, createButton, setText } from '../parts/element.ts';
import { Notice } from '../parts/notice.ts';
import { toName } from './rows.ts';

type Post = <Answer>(what: string) => Promise<Answer>;

/** What can be done with a session as a whole. */
export class SessionActions {
  readonly #post: Post;
  readonly #ended: (sentence: string) => void;
  readonly #notice = new Notice();
  readonly #open = createButton('Open as…', () => void this.#try(this.#openAs), {
    class: 'is-main',
  });
  readonly #copy = createButton('Copy as cookie', () => void this.#try(this.#copyCookie));
  readonly #reason = create('p', { class: 'dim', id: 'no-cookie' });
  readonly element = create(
    'div',
    { class: 'actions' },
    create(
      'div',
      { class: 'buttons' },
      this.#open,
      this.#copy,
      createButton('Expire now', () => void this.#try(this.#expire)),
      createButton('Destroy…', () => void this.#try(this.#destroy), { class: 'is-danger' }),
    ),
    this.#reason,
    this.#notice.element,
  );
  #session: Opened | undefined;

  constructor(post: Post, ended: (sentence: string) => void) {
    this.#post = post;
    this.#ended = ended;
  }

  show(session: Opened): void {
    this.#session = session;
    const { cookie, isClient } = session;
    const reason = isClient
      ? 'An MCP client has no cookie, so no browser can become it.'
      : 'No app runs that can sign its cookie, so no browser can become this user at the moment.';
    setText(this.#reason, cookie === null ? reason : '');
    this.#reason.hidden = cookie !== null;
    setUsable(this.#open, cookie !== null);
    setUsable(this.#copy, cookie !== null);
  }

  /** Another session is shown. */
  reset(): void {
    this.#notice.clear();
    this.#session = undefined;
  }

  get #name(): string {
    return this.#session ? toName(this.#session) : 'this user';
  }

  async #try(act: () => Promise<void>): Promise<void> {
    const session = this.#session;
    if (!session) return;
    try {
      await act.call(this);
    } catch (error) {
      if (session.key === this.#session?.key) this.#notice.fail(error, () => void this.#try(act));
    }
  }

  async #openAs(): Promise<void> {
    const name = this.#name;
    const cookie = this.#session?.cookie ?? '';
    const isMeant = await confirm({
      title: `Open the app as ${name}?`,
      text: `This replaces the cookie ${cookie} of this browser: whoever is logged in here now is not any more. Their session stays, and can be opened from the list again.`,
      action: `Open as ${name}`,
    });
    if (!isMeant) return;
    const { url } = await this.#post<{ url: string }>('open');
    const link = create('a', { href: url, target: '_blank', rel: 'noopener' }, 'Open the app');
    this.#notice.tell(`This browser is ${name} now. `, link);
    link.focus();
  }

  async #copyCookie(): Promise<void> {
    const { header } = await this.#post<{ header: string }>('cookie');
    try {
      await navigator.clipboard.writeText(header);
      this.#notice.tell('Copied. It is this login: give it to nobody else.');
    } catch {
      this.#offer(header); // the browser does not let the page have the clipboard
    }
  }

  #offer(header: string): void {
    const field = create('input', { readonly: true, class: 'cookie', value: header });
    const label = create('label', {}, 'Copy it from here; it is this login. ', field);
    this.#notice.tell(label);
    field.focus();
    field.select();
  }

  async #expire(): Promise<void> {
    const name = this.#name;
    await this.#post('expire');
    this.#ended(`The session of ${name} has expired now.`);
  }

  async #destroy(): Promise<void> {
    const name = this.#name;
    const isMeant = await confirm({
      title: `Destroy the session of ${name}?`,
      text: 'The login ends at once and its data is gone. It cannot be undone.',
      action: 'Destroy',
      isDangerous: true,
    });
    if (!isMeant) return;
    await this.#post('destroy');
    this.#ended(`The session of ${name} was destroyed.`);
  }
}

/** The reason stands beneath the buttons. */
function setUsable(button: HTMLButtonElement, isUsable: boolean): void {
  button.disabled = !isUsable;
  if (isUsable) button.removeAttribute('aria-describedby');
  else button.setAttribute('aria-describedby', 'no-cookie');
}

import { ApiError, toSentence } from '../../calls/client.ts';
import { create, createButton, setText } from '../../parts/element.ts';
import { isContainer, toLabel, toText, type Path } from './paths.ts';

/** Changes a value if it still is what it was, or whatever it is. */
export type Edit = (path: Path, value: unknown, was: unknown) => Promise<void>;

interface Handlers {
  edit: Edit;
  /** Reads what stands there now. */
  now(): Promise<unknown>;
  done(isSaved: boolean): void;
}

/** What a value can be, in the words of the person who chooses. */
const KINDS = ['text', 'number', 'true', 'false', 'null', 'JSON'] as const;
type Kind = (typeof KINDS)[number];

/** Changes one value in its place. */
export class ValueForm {
  readonly element: HTMLFormElement;
  readonly #path: Path;
  readonly #handlers: Handlers;
  /** What it was, as far as that could be seen. */
  #was: unknown;
  readonly #kind: HTMLSelectElement;
  readonly #field: HTMLTextAreaElement;
  readonly #error = create('p', { class: 'error', role: 'alert' });
  readonly #save = create('button', { type: 'submit', class: 'is-main' }, 'Save');

  /** @param known the value, unless it is masked */
  constructor(path: Path, known: { value: unknown } | undefined, handlers: Handlers) {
    this.#path = path;
    this.#handlers = handlers;
    this.#was = known?.value;
    const label = toLabel(path);
    this.#kind = create('select', { 'aria-label': `Kind of ${label}`, 'data-id': 'kind' });
    this.#kind.append(...KINDS.map((kind) => create('option', {}, kind)));
    this.#field = create('textarea', {
      'aria-label': `Value of ${label}`,
      'data-id': 'field',
      spellcheck: 'false',
    });
    this.#kind.addEventListener('change', () => this.#adapt());
    this.#field.addEventListener('input', () => this.#fit());
    this.element = create(
      'form',
      {
        class: 'edit',
        on: {
          submit: (event) => void this.#submit(event),
          keydown: (event) => this.#key(event),
        },
      },
      create('span', { class: 'key' }, path.at(-1)),
      this.#kind,
      this.#field,
      create(
        'div',
        { class: 'buttons' },
        this.#save,
        createButton('Cancel', () => handlers.done(false)),
      ),
      this.#error,
    );
    this.#fill(known?.value ?? (known ? null : ''));
  }

  isOf(path: Path): boolean {
    return toText(path) === toText(this.#path);
  }

  focus(): void {
    if (this.#field.hidden) this.#kind.focus();
    else {
      this.#field.focus();
      this.#field.select();
    }
    this.#fit();
  }

  #fill(value: unknown): void {
    this.#kind.value = toKind(value);
    this.#field.value = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    this.#adapt();
  }

  #adapt(): void {
    const kind = this.#kind.value as Kind;
    this.#field.hidden = kind === 'true' || kind === 'false' || kind === 'null';
    this.#fit();
  }

  /** As many lines as there are, up to a few. */
  #fit(): void {
    const lines = this.#field.value.split('\n').length;
    this.#field.rows = Math.min(16, Math.max(1, lines));
  }

  /** Enter saves, except in JSON and in texts of several lines, where Control and Enter do. */
  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault(); // it does not close the session, too
      this.#handlers.done(false);
    }
    if (event.key !== 'Enter' || event.target !== this.#field || event.isComposing) return;
    const isLong = this.#kind.value === 'JSON' || this.#field.value.includes('\n');
    if ((isLong && !event.ctrlKey && !event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.#save.disabled = true;
    setText(this.#error, '');
    try {
      const value = toValue(this.#kind.value as Kind, this.#field.value);
      await this.#handlers.edit(this.#path, value, this.#was);
      this.#handlers.done(true);
    } catch (error) {
      setText(this.#error, await this.#explain(error));
    } finally {
      this.#save.disabled = false;
    }
  }

  /** Somebody else was quicker: the person sees what it is now, and may save all the same. */
  async #explain(error: unknown): Promise<string> {
    const sentence = toSentence(error);
    if (!(error instanceof ApiError) || error.status !== 409) return sentence;
    try {
      this.#was = await this.#handlers.now();
      const now = JSON.stringify(this.#was) ?? 'gone';
      return `${sentence} It is ${now.length > 200 ? `${now.slice(0, 200)}…` : now} now; save again to replace that.`;
    } catch (cause) {
      return `${sentence} ${toSentence(cause)}`;
    }
  }
}

function toKind(value: unknown): Kind {
  if (typeof value === 'string') return 'text';
  if (isContainer(value)) return 'JSON';
  return typeof value === 'number' ? 'number' : (String(value) as Kind);
}

/** @throws Error, in one sentence, for a text that is none of the kind */
function toValue(kind: Kind, text: string): unknown {
  if (kind === 'text') return text;
  if (kind === 'number') {
    const number = text.trim() === '' ? NaN : Number(text);
    if (!Number.isFinite(number)) throw new Error(`“${text}” is no number.`);
    return number;
  }
  if (kind !== 'JSON') return { true: true, false: false, null: null }[kind];
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`That is no JSON: ${toSentence(cause)}`, { cause });
  }
}

type Value = Html | string | number | boolean | null | undefined | readonly Value[];

/** Markup that is safe to put into a page as it is. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** Escapes everything put into the template, except other templates. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(toMarkup)));
}

function toMarkup(value: Value): string {
  if (value instanceof Html) return value.toString();
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number') return String(value);
  // Booleans, null and undefined show nothing, so that a template can say: condition && html`…`
  return Array.isArray(value) ? value.map(toMarkup).join('') : '';
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

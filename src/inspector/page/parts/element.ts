/** What stands in an element. Text is text: nothing is ever parsed as HTML. */
export type Child = Node | string | number | false | null | undefined | Child[];

type Handlers = {
  [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void;
};

/** Attributes by name: `true` is one without a value, `false` and `undefined` are none. */
export interface Attributes {
  on?: Handlers;
  [name: string]: string | number | boolean | undefined | null | Handlers;
}

/** Makes an element. */
export function create<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { on = {}, ...attributes }: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    element.setAttribute(attribute, value === true ? '' : String(value));
  }
  for (const [event, handler] of Object.entries(on)) {
    element.addEventListener(event, handler as EventListener);
  }
  element.append(...toNodes(children));
  return element;
}

/** A button that does something. */
export function createButton(
  text: string,
  press: (event: MouseEvent) => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  return create('button', { type: 'button', ...attributes, on: { click: press } }, text);
}

/** Text for screen readers only. */
export function createUnseen(text: string): HTMLElement {
  return create('span', { class: 'unseen' }, text);
}

/** Sets custom properties, which the style sheet reads: the page may have no inline style. */
export function setProperties(element: HTMLElement, properties: Record<string, number>): void {
  for (const [name, value] of Object.entries(properties)) {
    element.style.setProperty(name, String(value));
  }
}

/** Changes a text only where it is another one: what is the same is not read out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Replaces what stands in an element. The focus stays on what has the same `data-id`, or goes to the
 * element itself when that is gone.
 */
export function redraw(parent: HTMLElement, ...children: Child[]): void {
  const focused = parent.contains(document.activeElement) ? document.activeElement : undefined;
  const id = focused?.closest<HTMLElement>('[data-id]')?.dataset.id;
  parent.replaceChildren(...toNodes(children));
  if (!focused || focused === parent) return;
  const same = id === undefined ? null : parent.querySelector(`[data-id="${CSS.escape(id)}"]`);
  const target = same instanceof HTMLElement ? same : parent;
  if (target === parent) parent.tabIndex = -1;
  target.focus({ preventScroll: true });
}

function toNodes(children: Child[]): (Node | string)[] {
  return children.flat(10).flatMap((child) => {
    if (child === false || child === null || child === undefined) return [];
    return [child instanceof Node ? child : String(child)];
  });
}

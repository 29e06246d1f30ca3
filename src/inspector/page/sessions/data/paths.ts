/** A path into the data of a session, from its root. */
export type Path = string[];

/** A path as a text that no other path has. */
export function toText(path: Path): string {
  return JSON.stringify(path);
}

/** `user.roles.0`, as people name it. */
export function toLabel(path: Path): string {
  return path.join('.');
}

export function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What stands at a path; `undefined` for nothing. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const name of path) {
    if (!isContainer(value) || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** What is masked of the data, and what was revealed of that. */
export class Masks {
  #masked = new Map<string, Path>();
  #revealed = new Map<string, unknown>();

  set(masked: Path[]): void {
    this.#masked = new Map(masked.map((path) => [toText(path), path]));
    for (const text of this.#revealed.keys()) {
      if (!this.#masked.has(text)) this.#revealed.delete(text);
    }
  }

  has(path: Path): boolean {
    return this.#masked.has(toText(path));
  }

  isRevealed(path: Path): boolean {
    return this.#revealed.has(toText(path));
  }

  reveal(path: Path, value: unknown): void {
    this.#revealed.set(toText(path), value);
  }

  hide(path: Path): void {
    this.#revealed.delete(toText(path));
  }

  /** Nothing is revealed any more. */
  clear(): void {
    this.#revealed.clear();
  }

  /** What is shown at a path, where the data has a value. */
  shown(path: Path, value: unknown): unknown {
    const text = toText(path);
    return this.#revealed.has(text) ? this.#revealed.get(text) : value;
  }

  /** Whether something at or below a path is masked and was not revealed. */
  covers(path: Path): boolean {
    return [...this.#masked].some(
      ([text, masked]) =>
        !this.#revealed.has(text) && path.every((name, index) => masked[index] === name),
    );
  }

  /** A value with all that was revealed in it. */
  whole(path: Path, value: unknown): unknown {
    const shown = this.shown(path, value);
    if (!isContainer(shown) || this.#masked.size === 0) return shown;
    const entries = Object.entries(shown).map(([name, inner]): [string, unknown] => [
      name,
      this.whole([...path, name], inner),
    ]);
    return Array.isArray(shown) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
  }
}

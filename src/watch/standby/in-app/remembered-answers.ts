import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { emptyAnswers, type Answers, type Forgotten } from '../learned.ts';

/** What a `resolve` hook is told of a request. */
export interface ResolveContext {
  parentURL?: string | undefined;
  conditions?: string[];
  importAttributes?: Record<string, string>;
}

/** What a `resolve` hook answers. */
export interface Resolved {
  url: string;
  format?: string | null | undefined;
  importAttributes?: Record<string, string> | undefined;
  shortCircuit?: boolean | undefined;
}

/** What a `load` hook answers. */
export interface Loaded {
  format: string | null | undefined;
  source?: unknown;
  shortCircuit?: boolean | undefined;
}

/**
 * The answers of Node and tsx that are known, and those that are new. It answers at the start of the app
 * only: the supervisor has looked whether the files behind the answers are as they were.
 */
export class RememberedAnswers {
  #known = emptyAnswers();
  #learned = emptyAnswers();
  #isOver = false;

  /** From now on these are known. */
  know(answers: Answers): void {
    this.#known = answers;
  }

  /** Forgets what leads to files that have changed. */
  forget({ sources, requests }: Forgotten): void {
    for (const url of sources) delete this.#known.sources[url];
    for (const [parent, name] of requests) delete this.#known.resolved[parent]?.[name];
  }

  /** Answers no more. @returns what was not known before */
  end(): Answers {
    const learned = this.#learned;
    this.#isOver = true;
    this.#known = emptyAnswers();
    this.#learned = emptyAnswers();
    return learned;
  }

  resolve(specifier: string, context: ResolveContext): Resolved | undefined {
    const { parentURL } = context;
    if (this.#isOver || parentURL === undefined || hasAttributes(context)) return undefined;
    const url = this.#known.resolved[parentURL]?.[toName(specifier, context)];
    if (url === undefined) return undefined;
    return { url, format: this.#known.formats[url], importAttributes: {}, shortCircuit: true };
  }

  addResolved(specifier: string, context: ResolveContext, answer: Resolved): void {
    const { parentURL } = context;
    const { url, format } = answer;
    if (this.#isOver || !parentURL?.startsWith('file:') || typeof format !== 'string') return;
    if (hasAttributes(context) || hasAttributes(answer)) return;
    const { resolved, formats } = this.#learned;
    (resolved[parentURL] ??= {})[toName(specifier, context)] = url;
    formats[url] = format;
  }

  /** Only of ES modules: Node evaluates CommonJS in another way when a hook gives its text. */
  load(url: string): Loaded | undefined {
    const source = this.#known.sources[url];
    if (this.#isOver || source === undefined) return undefined;
    try {
      const text = source ?? readFileSync(fileURLToPath(url), 'utf8');
      return { format: 'module', source: text, shortCircuit: true };
    } catch {
      return undefined; // it is gone: whoever is asked next says so
    }
  }

  addLoaded(url: string, { format, source }: Loaded): void {
    if (this.#isOver || format !== 'module' || !url.startsWith('file:')) return;
    const text = toText(source);
    if (text === undefined) return;
    this.#learned.sources[url] = isTextOf(url, text) ? null : text;
  }
}

/** `require` may lead elsewhere than `import`. */
function toName(specifier: string, { conditions }: ResolveContext): string {
  const isRequire = conditions?.includes('require') && !conditions.includes('import');
  return isRequire ? `require ${specifier}` : specifier;
}

function hasAttributes({ importAttributes }: { importAttributes?: object | undefined }): boolean {
  return importAttributes !== undefined && Object.keys(importAttributes).length > 0;
}

function toText(source: unknown): string | undefined {
  if (typeof source === 'string') return source;
  return source instanceof Uint8Array ? Buffer.from(source).toString() : undefined;
}

function isTextOf(url: string, text: string): boolean {
  try {
    return readFileSync(fileURLToPath(url), 'utf8') === text;
  } catch {
    return false; // a URL with a query, or gone
  }
}

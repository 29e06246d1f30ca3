import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toOwnUrl } from '../../../storage/own-files.ts';
import type { Answers, Forgotten, Preparation } from '../../protocol.ts';

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

/** The answers that are known: a part of a preparation. */
export type Known = Pick<Preparation, 'ofApp' | 'ofPackages' | 'formats' | 'sources'>;

/** What the hooks are told. */
export type AnswersCall =
  | { do: 'know'; known: Known }
  | { do: 'forget'; forgotten: Forgotten }
  /** @param tsx its file: its compiler, a process of its own, is started before a file has changed */
  | { do: 'warm'; tsx: string }
  /** The start is over: nothing more is answered. What was learned comes back. */
  | { do: 'end' };

/**
 * The answers of Node and tsx that are known, and those that are new. It answers at the start of the app
 * only: the supervisor has looked whether the files behind the answers are as they were. What is required
 * is answered by `answerRequires`, which sees the module that requires it.
 */
export class RememberedAnswers {
  #known: Known | undefined;
  #learned: Answers | undefined = { requests: {}, formats: {}, sources: {} };

  hear(call: AnswersCall): Answers | undefined {
    if (call.do === 'know') this.#known = call.known;
    else if (call.do === 'forget') this.#forget(call.forgotten);
    else if (call.do === 'end') return this.#end();
    return undefined;
  }

  resolve(specifier: string, context: ResolveContext): Resolved | undefined {
    const { parentURL } = context;
    if (!this.#known || parentURL === undefined || !isPlainImport(context)) return undefined;
    const { ofApp, ofPackages, formats } = this.#known;
    const url = (ofApp[parentURL] ?? ofPackages[parentURL])?.[specifier];
    if (url === undefined) return undefined;
    return { url, format: formats[url], importAttributes: {}, shortCircuit: true };
  }

  addResolved(specifier: string, context: ResolveContext, answer: Resolved): void {
    const { parentURL } = context;
    const { url, format } = answer;
    if (!this.#learned || !parentURL?.startsWith('file:')) return;
    if (!isPlainImport(context) || hasAttributes(answer)) return;
    const { requests, formats } = this.#learned;
    (requests[parentURL] ??= {})[specifier] = url;
    if (format !== undefined) formats[url] = format;
  }

  /** Never gives the text of a CommonJS module: Node evaluates it in another way then. */
  load(url: string): Loaded | undefined {
    const known = this.#known?.sources[url];
    if (known === undefined) return undefined;
    if (known.format === 'commonjs')
      return { format: 'commonjs', source: null, shortCircuit: true };
    const source = known.text ?? readText(url);
    return source === undefined ? undefined : { format: 'module', source, shortCircuit: true };
  }

  addLoaded(url: string, { format, source }: Loaded): void {
    if (!this.#learned || !url.startsWith('file:')) return;
    const { sources } = this.#learned;
    if (format === 'commonjs' && (source ?? null) === null) sources[url] = { format };
    if (format !== 'module') return;
    const text = source instanceof Uint8Array ? Buffer.from(source).toString() : source;
    if (typeof text !== 'string') return;
    sources[url] = readText(url) === text ? { format } : { format, text };
  }

  #forget({ sources, requests }: Forgotten): void {
    if (!this.#known) return;
    for (const url of sources) delete this.#known.sources[url];
    if (requests) this.#known.ofApp = {};
  }

  #end(): Answers | undefined {
    const learned = this.#learned;
    this.#known = undefined;
    this.#learned = undefined;
    return learned;
  }
}

/** Takes the frame of a hook of ours out of the stack of an error that comes from the next one. */
export function withoutFrame(error: unknown): unknown {
  const { stack } = error as { stack?: unknown };
  if (typeof stack !== 'string') return error;
  const own = toOwnUrl('').href;
  const isOurs = (line: string): boolean =>
    /^ +at (async )?resolve[$\d]* \(/.test(line) && line.includes(own);
  (error as Error).stack = stack
    .split('\n')
    .filter((line) => !isOurs(line))
    .join('\n');
  return error;
}

/** Whether a request is an import, and one of nothing that has a type of its own. */
function isPlainImport(context: ResolveContext): boolean {
  return context.conditions?.includes('import') !== false && !hasAttributes(context);
}

function hasAttributes({ importAttributes }: { importAttributes?: object | undefined }): boolean {
  return importAttributes !== undefined && Object.keys(importAttributes).length > 0;
}

/** @returns `undefined` for what is gone: whoever is asked next says so */
function readText(url: string): string | undefined {
  try {
    return readFileSync(fileURLToPath(url), 'utf8');
  } catch {
    return undefined;
  }
}

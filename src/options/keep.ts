import { posix } from 'node:path';
import { inspect } from 'node:util';

/** What is kept of the app's memory: all that a file has at its top, or one binding. */
export interface KeptPlace {
  /** From the root of the project, with `/`, or absolute. */
  file: string;
  /** Of the binding; `default` is the default export. @default all at the top that hold data */
  name?: string;
  /** The function that declares it, where it is not at the top. */
  inFunction?: string;
}

/** What else is written wrongly is a file that is not there. */
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Reads `server/storage.ts`, `server/storage.ts#users` and `routes/todos.ts#todoRoutes/list`, or several of
 * them.
 *
 * @returns `undefined` for none
 * @throws Error for what is none of them
 */
export function toKeep(label: string, value: unknown): KeptPlace[] | undefined {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  const places = texts.filter((text) => text !== '').map((text) => toPlace(label, text));
  return places.length === 0 ? undefined : places;
}

/** What any source names is kept. */
export function joinKeep(stronger: KeptPlace[], weaker: KeptPlace[]): KeptPlace[] {
  return [...stronger, ...weaker];
}

function toPlace(label: string, text: unknown): KeptPlace {
  if (typeof text !== 'string') {
    const shown = inspect(text, { depth: 0, breakLength: Infinity });
    throw new Error(
      `${label} has ${shown}, which is no text. Name files, as ["server/storage.ts"].`,
    );
  }
  const [, path = '', words] = /^([^]*?)(?:#([^#]*))?$/.exec(text) ?? [];
  const names = words?.split('/') ?? [];
  const isRight = names.length <= 2 && names.every((name) => IDENTIFIER.test(name));
  if (!isRight || path === '' || path.includes('\0')) {
    throw new Error(
      `${label} has ${JSON.stringify(text)}, which names nothing. Write server/storage.ts, server/storage.ts#users, or routes/todos.ts#todoRoutes/list for what a function declares.`,
    );
  }
  const file = posix.normalize(process.platform === 'win32' ? path.replaceAll('\\', '/') : path);
  const [first, second] = names;
  if (first === undefined) return { file };
  return second === undefined ? { file, name: first } : { file, name: second, inFunction: first };
}

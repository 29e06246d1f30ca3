import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A variable of the app that `keep` could name. */
export interface Candidate {
  /** `server/storage.ts#users`, as `keep` takes it. */
  key: string;
  /** `Map`, `Array`, `MemStorage`, `number`. */
  type: string;
}

interface Source {
  /** From the root of the project, with `/`. */
  path: string;
  text: string;
}

const SOURCE = /\.[cm]?[jt]s$/;
const NO_APP_CODE = /\.d\.[cm]?ts$|\.(?:test|spec|config)\.[cm]?[jt]s$/;
const NO_APP_FOLDER = /^(?:\..*|node_modules|dist|build|out|coverage|tests?|__tests__|public)$/;
const MAX_BYTES = 1_000_000;
const MAX_FILES = 5_000;

/** A declaration at the beginning of a line: its name, and how its value begins. */
const DECLARATION =
  /^(?<exported>export\s+)?(?<word>const|let|var)\s+(?<name>[\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::[^=\n]+)?=\s*(?:new\s+(?<class>[\p{ID_Continue}$]+)|(?<start>[[{\d'"`]|true\b|false\b|null\b))/gmu;
const DEFAULT = /^export\s+default\s+new\s+(?<class>[\p{ID_Continue}$]+)/gmu;
const COLLECTIONS = new Set(['Map', 'Set']);
/** By the beginning of a value; any other is a number. */
const TYPES: Record<string, string> = {
  '[': 'Array',
  '{': 'Object',
  "'": 'string',
  '"': 'string',
  '`': 'string',
  true: 'boolean',
  false: 'boolean',
  null: 'null',
};

/**
 * Lists the variables at the top of the app's files that hold what requests may fill: a Map, a Set, an instance
 * of a class of the app, an array or object that some code changes, a counter. It reads the sources, and
 * neither runs nor asks the app.
 *
 * @param root of the project, absolute
 * @returns in the order of their keys
 */
export function findCandidates(root: string): Candidate[] {
  const sources = [...readSources(root, '')];
  const classes = new Set(
    sources.flatMap(({ text }) =>
      [...text.matchAll(/\bclass\s+([\w$]+)/g)].map(([, name]) => name),
    ),
  );
  const isData = (name: string | undefined): boolean =>
    COLLECTIONS.has(name ?? '') || classes.has(name);
  const found = sources.flatMap(({ path, text }): Candidate[] => {
    const own = [...text.matchAll(DECLARATION)].flatMap(({ groups = {} }): Candidate[] => {
      const { exported, word, name = '', class: of, start = '' } = groups;
      const key = `${path}#${name}`;
      if (of !== undefined) return isData(of) ? [{ key, type: of }] : [];
      const texts = exported ? sources.map((source) => source.text) : [text];
      if (start === '[' || start === '{') {
        const isChanged = texts.some((one) => changesContent(one, name));
        return isChanged ? [{ key, type: TYPES[start] as string }] : [];
      }
      const isCounter = word !== 'const' && reassigns(text, name);
      return isCounter ? [{ key, type: TYPES[start] ?? 'number' }] : [];
    });
    const defaults = [...text.matchAll(DEFAULT)].map(({ groups }) => groups?.class);
    const named = defaults.filter(isData).map((of) => ({ key: `${path}#default`, type: `${of}` }));
    return [...own, ...named];
  });
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Whether some code fills or changes what a variable holds: `todos.push(x)`, `users[id] = x`, `delete users[id]`. */
function changesContent(text: string, name: string): boolean {
  const own = escape(name);
  return new RegExp(
    `(?<![\\w$.])${own}(?:\\.(?:push|unshift|splice|pop|shift|fill)\\(|(?:\\.[\\w$]+|\\[[^\\]\\n]+\\])+\\s*(?:=(?![=>])|\\+\\+|--|[-+]=|\\?\\?=|\\|\\|=))|\\bdelete\\s+${own}[.[]|Object\\.assign\\(\\s*${own}\\b|(?<![\\w$.])${own}\\s*=(?![=>])(?<!(?:const|let|var)\\s+${own}[^\\n]*)`,
  ).test(text);
}

function reassigns(text: string, name: string): boolean {
  const own = escape(name);
  return new RegExp(
    `(?<!(?:const|let|var)\\s+)(?<![\\w$.])${own}\\s*(?:\\+\\+|--|[-+*]=|\\?\\?=|\\|\\|=|=(?![=>]))|(?:\\+\\+|--)${own}\\b`,
  ).test(text);
}

function escape(name: string): string {
  return name.replaceAll('$', '\\$');
}

function* readSources(root: string, folder: string, counted = { files: 0 }): Generator<Source> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !NO_APP_FOLDER.test(entry.name))
      yield* readSources(root, path, counted);
    if (!entry.isFile() || !SOURCE.test(entry.name) || NO_APP_CODE.test(entry.name)) continue;
    if (counted.files++ >= MAX_FILES) return;
    if (statSync(join(root, path)).size > MAX_BYTES) continue;
    yield { path, text: readFileSync(join(root, path), 'utf8') };
  }
}

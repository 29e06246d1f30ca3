import { findMembers, isSign, toTokens, type PlacedToken } from './tokens.ts';

/** Where the plugin comes from. */
const MODULE = 'holdover/vite';
const NAME = 'holdover';

/** A text that is put into another one. */
export interface Insertion {
  at: number;
  text: string;
}

/** Plugins, and hooks of them, by which server code runs inside Vite's dev server. */
const SERVERS =
  /(@hono\/vite-dev-server|honox\/vite|vite-plugin-node|@react-router\/dev\/vite|@remix-run\/dev|@sveltejs\/kit\/vite|@solidjs\/start|@tanstack\/[\w-]*start|vike\/plugin|vite-plugin-ssr|nitro\/vite|@vitejs\/plugin-rsc)['"]|\bconfigureServer\b/;

/** Whether a config runs server code; a Vite that serves a client only needs no plugin. */
export function runsServer(text: string): boolean {
  return SERVERS.test(text);
}

export function hasPlugin(text: string): boolean {
  return toTokens(text).some(
    ({ type, value }) => type === 'StringLiteral' && value.slice(1, -1) === MODULE,
  );
}

/**
 * Puts the plugin into a config that is plain: `export default { … }` or `export default defineConfig({ … })`
 * with plain names and a list of plugins, or none.
 *
 * @returns `undefined` for any other
 */
export function insertPlugin(text: string): Insertion[] | undefined {
  const tokens = toTokens(text);
  if (tokens.some(({ value }) => value === NAME || value === 'require')) return undefined;
  const plugin = toPlugin(text, tokens);
  const statement = toImport(text, tokens);
  return plugin && statement && [statement, plugin];
}

function toPlugin(text: string, tokens: PlacedToken[]): Insertion | undefined {
  const open = findObject(tokens);
  const members = open === undefined ? undefined : findMembers(tokens, open);
  if (open === undefined || !members) return undefined;
  const list = members.get('plugins');
  if (list === undefined) return insertInto(text, tokens, open, `plugins: [${NAME}()]`);
  return isSign(tokens[list], '[') ? insertInto(text, tokens, list, `${NAME}()`) : undefined;
}

/** The bracket with which the config begins. */
function findObject(tokens: PlacedToken[]): number | undefined {
  const exported = tokens.findIndex(
    ({ value }, i) => value === 'export' && tokens[i + 1]?.value === 'default',
  );
  if (exported === -1) return undefined;
  let open = exported + 2;
  if (tokens[open]?.value === 'defineConfig' && isSign(tokens[open + 1], '(')) open += 2;
  return isSign(tokens[open], '{') ? open : undefined;
}

/** In front of what is in brackets, on a line of its own where that is. */
function insertInto(text: string, tokens: PlacedToken[], open: number, item: string): Insertion {
  const [bracket, first] = [tokens[open] as PlacedToken, tokens[open + 1] as PlacedToken];
  const isEmpty = first.depth === bracket.depth;
  const [line = ''] = /^[ \t]*\r?\n[ \t]*/.exec(text.slice(bracket.end)) ?? [];
  if (isEmpty) return { at: bracket.end, text: isSign(bracket, '{') ? ` ${item} ` : item };
  if (line !== '') return { at: bracket.end, text: `${line.replace(/^[ \t]+/, '')}${item},` };
  return { at: bracket.end, text: isSign(bracket, '{') ? ` ${item},` : `${item}, ` };
}

/** Behind the last import, written as that is. */
function toImport(text: string, tokens: PlacedToken[]): Insertion | undefined {
  const imports = tokens.flatMap(({ value, depth }, i) =>
    value === 'import' && depth === 0 && !/^[(.]$/.test(tokens[i + 1]?.value ?? '') ? [i] : [],
  );
  const last = imports.at(-1);
  const from =
    last === undefined
      ? -1
      : tokens.findIndex(({ type }, i) => i > last && type === 'StringLiteral');
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const name = tokens[from];
  if (!name) return { at: 0, text: `import ${NAME} from '${MODULE}';${newline}` };
  const next = tokens[from + 1];
  if (next?.value === 'with' || next?.value === 'assert') return undefined;
  const end = isSign(next, ';') ? (next as PlacedToken).end : name.end;
  const [quote = "'"] = name.value;
  const mark = end === name.end ? '' : ';';
  return { at: end, text: `${newline}import ${NAME} from ${quote}${MODULE}${quote}${mark}` };
}

/** Puts texts into another one. */
export function insert(text: string, insertions: Insertion[]): string {
  return [...insertions]
    .sort((a, b) => b.at - a.at)
    .reduce((all, { at, text: more }) => all.slice(0, at) + more + all.slice(at), text);
}

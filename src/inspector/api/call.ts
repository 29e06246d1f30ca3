import { Refusal } from '../respond.ts';

/** One call of the API. */
export interface Call {
  /** What its path names: the key of a session, the number of a restart. */
  named: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** The name of the host that it was sent to, without the port. */
  hostname: string;
  /** Cookies that the answer sets, as they stand in its headers. */
  cookies: string[];
}

/** How deep a path may lead. */
const DEEPEST = 200;

/**
 * The path to a member of the data of a session.
 *
 * @throws Refusal for what is none
 */
export function readPath({ body: { path } }: Call): string[] {
  const isPath = Array.isArray(path) && path.every((name) => typeof name === 'string');
  if (isPath && path.length > 0 && path.length <= DEEPEST) return path as string[];
  throw new Refusal(400, 'Send a path: the names of the members that lead to a value, in a list.');
}

/** A whole number of a query that is not negative; a default for none. @throws Refusal for any other text */
export function readNumber(
  { query }: Pick<Call, 'query'>,
  name: string,
  byDefault: number,
): number {
  const text = query.get(name);
  if (text === null) return byDefault;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal(400, `Send a whole number as ${name}.`);
}

/** One of some words of a query; `undefined` for none. @throws Refusal for any other */
export function readWord<Word extends string>(
  { query }: Pick<Call, 'query'>,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = query.get(name);
  const word = words.find((each) => each === text);
  if (text === null || word !== undefined) return word;
  throw new Refusal(400, `Send one of these as ${name}: ${words.join(', ')}.`);
}

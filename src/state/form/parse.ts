import { FORM } from './version.ts';
import type { Fault } from './revived.ts';

/** A part as it was parsed, with what is sure of it. */
export interface PartTree {
  /** Of a binding; `undefined` for other parts. */
  value?: unknown;
  hasValue: boolean;
  entries?: unknown[] | undefined;
  fields?: Record<string, unknown> | undefined;
  more: unknown[];
  /** Whether some object in it may have an id. */
  hasIds: boolean;
}

/** Parts that were parsed, and can be given to `revive` once. */
export interface ParsedParts {
  trees: Map<string, PartTree>;
  faults: Fault[];
}

/** Parts that were parsed, by their texts. */
export type ParsedAhead = Map<string, PartTree>;

/** Parses texts of parts before the app is there. Damaged ones are passed over. */
export function parseAhead(texts: Iterable<string>): ParsedAhead {
  const parsed = Array.from(texts, (text): [string, PartTree | string] => [text, parse(text)]);
  return new Map(parsed.filter((one): one is [string, PartTree] => typeof one[1] !== 'string'));
}

/**
 * Parses the texts of parts, by their names. Damaged ones are told among the faults.
 *
 * @param ahead what was parsed already; it is used up by this
 */
export function parseParts(
  texts: Iterable<[string, string]>,
  ahead: ParsedAhead = new Map(),
): ParsedParts {
  const trees = new Map<string, PartTree>();
  const faults: Fault[] = [];
  for (const [part, text] of texts) {
    const tree = ahead.get(text) ?? parse(text);
    ahead.delete(text); // two parts may have the same text, and a tree is used once
    if (typeof tree === 'string') faults.push({ part, reason: tree });
    else trees.set(part, tree);
  }
  return { trees, faults };
}

function parse(text: string): PartTree | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'It is damaged.';
  }
  if (!isFields(parsed) || !('form' in parsed)) return 'It is damaged.';
  const { form, value, entries, fields, more = [] } = parsed;
  if (form !== FORM) return 'It was written by another version of holdover.';
  const tree: PartTree = {
    value,
    hasValue: Object.hasOwn(parsed, 'value'),
    entries: Array.isArray(entries) ? entries : undefined,
    fields: isFields(fields) ? fields : undefined,
    more: Array.isArray(more) ? more : [],
    hasIds: text.includes('"~id"'),
  };
  const isKnown = tree.hasValue || tree.entries || tree.fields;
  return isKnown ? tree : 'It is damaged.';
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

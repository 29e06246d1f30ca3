import { toBeginning } from '../../session/display/short-id.ts';
import { isMcpClient, type SessionFacts } from '../sessions.ts';
import type { Indexed, RowField, SessionRow } from './row.ts';
import { toRow } from './to-row.ts';

/** What nearly all ids are made of. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Stands for a time that is not known, where all are numbers. */
const UNKNOWN = Number.NaN;

/**
 * What rows show of many sessions, and nothing of their data: one list for each field, in which numbers take
 * eight bytes. A row keeps its number.
 */
export class Columns {
  readonly #ids: string[] = [];
  readonly #namespaces: (string | undefined)[] = [];
  /** Those of MCP clients. */
  readonly #ofClients = new Set<string | undefined>();
  readonly #whos: (string | undefined)[] = [];
  /** The same in small letters; most are, and take no more memory. */
  readonly #searched: (string | undefined)[] = [];
  readonly #created: number[] = [];
  readonly #lastSeen: number[] = [];
  readonly #expires: number[] = [];
  readonly #sizes: number[] = [];
  /** Tells two sets of sessions apart by all but their times, in whatever order they were read. */
  #digest = 0;

  /** How many rows there are, with those that have ended since. */
  get length(): number {
    return this.#ids.length;
  }

  get digest(): number {
    return this.#digest;
  }

  add(facts: SessionFacts): void {
    this.#set(this.length, facts);
  }

  /** Puts a session in the place of the row that it has, or behind all. */
  put(facts: SessionFacts): void {
    const known = this.find(facts);
    this.#set(known < 0 ? this.length : known, facts);
  }

  /** Ends the row of a session, if it has one. */
  end(session: Indexed): void {
    const known = this.find(session);
    if (known >= 0) this.#expires[known] = 0;
  }

  /** The number of the row of a session; -1 when it has none. */
  find({ id, namespace }: Indexed): number {
    let row = -1;
    do row = this.#ids.indexOf(id, row + 1);
    while (row >= 0 && this.#namespaces[row] !== namespace);
    return row;
  }

  isLive(row: number, now: number): boolean {
    return (this.#expires[row] as number) > now;
  }

  /** Whether it is the session of an MCP client, and no login. */
  isClient(row: number): boolean {
    return this.#ofClients.has(this.#namespaces[row]);
  }

  /**
   * Knows the rows in which something stands.
   *
   * @param text in small letters
   */
  toMatcher(text: string): (row: number) => boolean {
    const byNamespace = new Map<string | undefined, boolean>(); // there are few
    const isIn = (namespace: string | undefined): boolean => {
      const known = byNamespace.get(namespace);
      if (known !== undefined) return known;
      const isFound = namespace?.toLowerCase().includes(text) ?? false;
      byNamespace.set(namespace, isFound);
      return isFound;
    };
    return (row) =>
      this.#searched[row]?.includes(text) ||
      toBeginning(this.#ids[row] as string)
        .toLowerCase()
        .includes(text) ||
      isIn(this.#namespaces[row]);
  }

  /** What a row is sorted by; `undefined` when it does not have that. */
  valueOf(row: number, field: RowField): string | number | undefined {
    if (field === 'who') return this.#searched[row];
    if (field === 'namespace') return this.#namespaces[row];
    if (field === 'id') return this.#ids[row];
    const value = this.#numbers(field)[row] as number;
    return Number.isNaN(value) ? undefined : value;
  }

  indexedAt(row: number): Indexed {
    return { id: this.#ids[row] as string, namespace: this.#namespaces[row] };
  }

  rowAt(row: number): Omit<SessionRow, 'key'> {
    const lastSeen = this.#lastSeen[row] as number;
    return toRow({
      ...this.indexedAt(row),
      who: this.#whos[row],
      created: this.#created[row] as number,
      lastSeen: Number.isNaN(lastSeen) ? undefined : lastSeen,
      expires: this.#expires[row] as number,
      size: this.#sizes[row] as number,
    });
  }

  #numbers(field: 'created' | 'lastSeen' | 'expires' | 'size'): number[] {
    if (field === 'created') return this.#created;
    if (field === 'lastSeen') return this.#lastSeen;
    return field === 'expires' ? this.#expires : this.#sizes;
  }

  #set(row: number, facts: SessionFacts): void {
    const { id, namespace, who, created, lastSeen = UNKNOWN, expires, size } = facts;
    this.#ids[row] = toCopy(id);
    this.#namespaces[row] = namespace;
    if (isMcpClient(facts)) this.#ofClients.add(namespace);
    this.#whos[row] = who;
    this.#searched[row] = who?.toLowerCase();
    this.#created[row] = created;
    this.#lastSeen[row] = lastSeen;
    this.#expires[row] = expires;
    this.#sizes[row] = size;
    this.#digest =
      (this.#digest + digestOf(`${id}\n${namespace}\n${who}\n${created}\n${size}`)) | 0;
  }
}

/** A text that is cut from a longer one keeps that in memory, and is slow to compare. */
function toCopy(id: string): string {
  return PLAIN.test(id) ? Buffer.from(id, 'latin1').toString('latin1') : id;
}

/** As FNV-1a does. */
function digestOf(text: string): number {
  let digest = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    digest = Math.imul(digest ^ text.charCodeAt(index), 0x01000193);
  }
  return digest;
}

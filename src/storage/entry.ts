/** What one record file holds. */
export interface Entry {
  key: string;
  value: unknown;
  /** Milliseconds since the epoch; 0 for ever. */
  expires: number;
  isRetired: boolean;
}

/** What Keyv hands to an adapter when it does not serialise. Its expiry is that of the entry. */
export interface Envelope {
  value: unknown;
  expires?: number | undefined;
}

/** Whether a moment has come; 0 stands for never. */
export function isExpired(expires: number): boolean {
  return expires !== 0 && expires <= Date.now();
}

/**
 * The text that is sealed: the key as JSON, a line break, the value. A session's value is Keyv's
 * envelope around a text, which is taken out and stands here as it is; any other value is JSON.
 */
export function toText({ key, value }: Entry): string {
  const text = (value as Envelope | undefined)?.value;
  return typeof text === 'string'
    ? `t${JSON.stringify(key)}\n${text}`
    : `j${JSON.stringify(key)}\n${JSON.stringify(value) ?? 'null'}`;
}

/** The entry behind a sealed text. */
export function fromText(text: string, expires: number): Omit<Entry, 'isRetired'> {
  const end = text.indexOf('\n');
  const key = JSON.parse(text.slice(1, end)) as string;
  const rest = text.slice(end + 1);
  const value = text[0] === 't' ? { value: rest, expires: expires || undefined } : JSON.parse(rest);
  return { key, value, expires };
}

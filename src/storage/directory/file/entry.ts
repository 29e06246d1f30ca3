/** What one record file holds. */
export interface Entry {
  key: string;
  text: string;
  /** Milliseconds since the epoch; 0 for ever. */
  expires: number;
}

/** Whether a moment has come; 0 stands for never. */
export function isExpired(expires: number): boolean {
  return expires !== 0 && expires <= Date.now();
}

/** How what is sealed begins. */
const TEXT = 't';

/** The text that is sealed: the key as JSON, a line break, the text of the record. */
export function toText({ key, text }: Entry): string {
  return `${TEXT}${JSON.stringify(key)}\n${text}`;
}

/** The entry behind a sealed text. */
export function fromText(sealed: string, expires: number): Entry {
  const end = sealed.indexOf('\n');
  const key = JSON.parse(sealed.slice(TEXT.length, end)) as string;
  return { key, text: sealed.slice(end + 1), expires };
}

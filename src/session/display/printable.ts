/** Signs that would move the cursor, or turn the line around. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What comes from elsewhere (a session, a file name, package.json), as it may be printed on a line. */
export function toPrintable(text: string): string {
  return text.replaceAll(CONTROL, '\u{FFFD}');
}

/** What `inspect` has made: it writes the signs that would move the cursor itself, and has some for colours. */
export function toPrintableInspection(text: string): string {
  return text.replaceAll(/[\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}

/** JSON that may be printed: the same value, with those signs written as `\u001b`. */
export function toPrintableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(CONTROL, (sign) =>
    sign === '\n' ? sign : sign.replaceAll(/[^]/g, toEscape),
  );
}

/** A sign beyond the first 65,536 is two. */
function toEscape(half: string): string {
  return `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

import ms from 'ms';
import prettyBytes from 'pretty-bytes';
import toWidth from 'fast-string-truncated-width';

/** Ends this command when its reader closes the pipe, as `head` does. Not for `holdover watch`: its app prints there. */
export function endWithReader(): void {
  if (process.stdout.listenerCount('error') > 0) return;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** Prints lines to stdout. */
export function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Returns an ISO date; null for a time that is not known, or never comes. */
export function toDate(time: number | undefined): string | null {
  return time === undefined || !Number.isFinite(time) ? null : new Date(time).toISOString();
}

/** `2h ago`. */
export function toAge(time: number | undefined): string {
  return time === undefined ? '?' : `${ms(Math.max(0, Date.now() - time))} ago`;
}

/** `in 6d`. */
export function toRest(expires: number): string {
  return expires === Infinity ? 'never' : ms(Math.max(0, expires - Date.now()));
}

/** `1.3 kB`. */
export function toSize(bytes: number): string {
  return prettyBytes(bytes);
}

/** `1 session`, `3 sessions`. */
export function toCount(count: number, noun = 'session'): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Characters that are one column wide. Most cells have no others, and need no measuring. */
const NARROW = /^[\x20-\x7e…]*$/;

/** Puts cells side by side, each as wide as its column. A longer cell is cut, with `…`. */
export function toLine(cells: string[], widths: number[]): string {
  let line = '';
  for (const [column, cell] of cells.entries()) {
    const limit = widths[column];
    line += limit === undefined ? cell : toCell(cell, limit);
  }
  return line.trimEnd();
}

function toCell(cell: string, limit: number): string {
  if (cell.length <= limit && NARROW.test(cell)) return cell.padEnd(limit + 2);
  const { width, index, truncated } = toWidth(cell, { limit, ellipsis: '…' });
  const shown = truncated ? `${cell.slice(0, index)}…` : cell;
  return shown + ' '.repeat(Math.max(0, limit - width) + 2);
}

import { create } from './element.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const numbers = new Intl.NumberFormat('en');
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** `34,000` */
export function toNumber(count: number): string {
  return numbers.format(count);
}

/** `1 session`, `34,000 sessions` */
export function toCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${toNumber(count)} ${count === 1 ? noun : plural}`;
}

/** `12 s`, `5 min`, `3 h`, `6 days`: of milliseconds, rounded down. */
export function toSpan(span: number): string {
  if (span < MINUTE) return `${Math.max(0, Math.floor(span / SECOND))} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < 2 * DAY) return `${Math.floor(span / HOUR)} h`;
  return `${toNumber(Math.floor(span / DAY))} days`;
}

/** `312 ms`, `1.24 s` */
export function toDuration(span: number): string {
  return span < SECOND ? `${Math.round(span)} ms` : `${(span / SECOND).toFixed(2)} s`;
}

/** `812 B`, `1.2 kB` */
export function toSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`;
}

/** `10:42:07` of today, and with the day before it of another. */
export function toClock(time: number): string {
  const day = new Date(time).toDateString() === new Date().toDateString();
  return day ? clock.format(time) : `${date.format(time)}, ${clock.format(time)}`;
}

type Reading = 'ago' | 'left' | 'clock';

/** A time that stays true while it is shown; the whole of it is its title. */
export function createTime(time: number | null, reading: Reading): HTMLElement {
  const element = create('time', { 'data-reading': reading });
  setTime(element, time, reading);
  return element;
}

/** Has a `<time>` tell another time. */
export function setTime(element: HTMLTimeElement, time: number | null, reading: Reading): void {
  element.dataset.at = time === null ? '' : String(time);
  const isDate = time !== null && Number.isFinite(new Date(time).getTime());
  if (isDate) {
    element.dateTime = new Date(time).toISOString();
    element.title = full.format(time);
  } else {
    element.removeAttribute('datetime');
    element.removeAttribute('title');
  }
  const text = read(isDate ? time : null, reading);
  if (element.textContent !== text) element.textContent = text;
}

function read(time: number | null, reading: Reading): string {
  if (time === null) return reading === 'left' ? 'never' : '–';
  if (reading === 'clock') return toClock(time);
  if (reading === 'left') return time <= Date.now() ? 'expired' : toSpan(time - Date.now());
  const span = Date.now() - time;
  return span < 2 * SECOND ? 'now' : `${toSpan(span)} ago`;
}

/** How often ages are told anew, in milliseconds. */
const TICK = 5 * SECOND;

/** Keeps all times of the page true. */
export function startClock(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLTimeElement>('time[data-at]')) {
      const { at, reading } = element.dataset;
      if (at && reading !== 'clock') setTime(element, Number(at), reading as Reading);
    }
  }, TICK);
}

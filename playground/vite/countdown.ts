const DAY = 24 * 60 * 60 * 1000;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `in 25 days`, `tomorrow`. */
export function toCountdown(date: Date): string {
  return relative.format(Math.round((date.getTime() - Date.now()) / DAY), 'day');
}

/// <reference types="vite/client" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { toCountdown } from './countdown.ts';

/** Writes beside each date how far away it is. */
function showCountdowns(toText: (date: Date) => string): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>('.when-and-where time')) {
    const known = time.parentElement?.querySelector('.countdown');
    const countdown = known ?? document.createElement('span');
    countdown.className = 'countdown';
    countdown.textContent = toText(new Date(time.dateTime));
    if (!known) time.after(countdown);
  }
}

showCountdowns(toCountdown);

import.meta.hot?.accept('./countdown.ts', (changed) => {
  if (changed) showCountdowns(changed.toCountdown);
});

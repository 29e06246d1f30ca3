type Listener = (count: number) => void;

let untold = 0;
let listener: Listener | undefined;

/**
 * Tells whoever reports on restarts that values of the last run were put back.
 *
 * @param count how many more of them
 */
export function stateRehydrated(count: number): void {
  untold += count;
  tell();
}

/** Hears how many values were put back, each time some more; those of which nobody has heard, too. */
export function onStateRehydrated(hear: Listener): void {
  listener = hear;
  tell();
}

function tell(): void {
  if (!listener || untold === 0) return;
  const count = untold;
  untold = 0;
  listener(count);
}

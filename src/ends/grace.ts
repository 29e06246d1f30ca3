let hasBegun = false;

/**
 * The process was told that it is to end, and what is in flight is answered first. Whoever asks it to end
 * after that does not wait any longer.
 */
export function beginGrace(): void {
  hasBegun = true;
}

/** Whether the process is about to end, and what was in flight has had its time. */
export function hasGraceBegun(): boolean {
  return hasBegun;
}

let isForgotten = false;
let listener: (() => void) | undefined;

/** Somebody wants this run to begin with what the code makes: nothing that was kept is put back. */
export function forgetState(): void {
  isForgotten = true;
  listener?.();
}

/**
 * Hears that nothing is to be put back, before anything was; also when it was said earlier. What was kept is
 * to be removed then, so that the next run does not find it either.
 */
export function onForgetState(hear: () => void): void {
  listener = hear;
  if (isForgotten) hear();
}

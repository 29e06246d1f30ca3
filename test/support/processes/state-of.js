const PARTS = 24;

/** The parts of a snapshot: some come and go, and each has the number of the snapshot that has changed it. */
export function toState(n, size) {
  const state = new Map();
  for (let part = 0; part < PARTS; part++) {
    if ((n + part) % 9 === 0) continue;
    const changed = n - ((n + part * 5) % 7);
    const letter = String.fromCharCode(97 + (Math.abs(changed) % 26));
    state.set(`a#x~${part}`, JSON.stringify([changed, letter.repeat(size)]));
  }
  return state;
}

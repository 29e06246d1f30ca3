/** Says a sentence to the person at the terminal. */
export type Say = (message: string) => void;

/**
 * Says what `say` does, each sentence the first time only.
 *
 * @param said what was said already, for several who say the same
 */
export function sayOnce(say: Say, said = new Set<string>()): Say {
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    say(message);
  };
}

/** Says a sentence to the person at the terminal. */
export type Say = (message: string) => void;

/** Says what `say` does, each sentence the first time only. */
export function sayOnce(say: Say): Say {
  const said = new Set<string>();
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    say(message);
  };
}

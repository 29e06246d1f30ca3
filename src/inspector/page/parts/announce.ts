/** How long several things that happen at once are gathered, in milliseconds. */
const PAUSE = 700;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Has a screen reader say something when it has nothing else to say; the last of several. */
export function announce(sentence: string): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const said = document.getElementById('said');
    if (!said) return;
    said.textContent = ''; // the same again is said again
    requestAnimationFrame(() => (said.textContent = sentence));
  }, PAUSE);
}

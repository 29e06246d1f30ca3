/** How much of an id, which is a bearer secret, is shown: enough to tell sessions apart. */
const SHOWN = 6;

/** The beginning of an id, never more than half of it. */
export function shortenId(id: string): string {
  return `${toBeginning(id)}…`;
}

/** Whether what a person has typed means this id: all of it, or its beginning as it is shown. */
export function meansId(id: string, typed: string): boolean {
  if (id === typed) return true;
  const beginning = typed.replace(/(…|\.\.\.)$/, '');
  return beginning !== '' && id.startsWith(beginning);
}

/** What is shown of an id. */
export function toBeginning(id: string): string {
  return id.slice(0, Math.min(SHOWN, Math.floor(id.length / 2)));
}

/** An id as it is, and as it stands in a URL or a cookie. */
export function spellingsOf(id: string): string[] {
  try {
    return [id, encodeURIComponent(id)];
  } catch {
    return [id]; // it has half a sign, which no URL and no cookie has
  }
}

/** The forms in which a crash is told. */
export type Form = 'html' | 'json' | 'text';

/**
 * The form that a client asks for by its Accept header: a page for a browser that navigates, JSON for a
 * client that names it, text for all others.
 */
export function negotiate(accept: string | undefined): Form {
  const ranges = (accept ?? '').slice(0, 1000).split(',').map(toRange);
  const weigh = (isWanted: (type: string) => boolean): number =>
    Math.max(0, ...ranges.filter(({ type }) => isWanted(type)).map(({ weight }) => weight));
  const html = weigh((type) => type === 'text/html' || type === 'application/xhtml+xml');
  const json = weigh((type) => type === 'application/json' || type.endsWith('+json'));
  const text = weigh((type) => type === 'text/plain');
  if (html > 0 && html >= json && html >= text) return 'html';
  return json > 0 && json >= text ? 'json' : 'text';
}

function toRange(range: string): { type: string; weight: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
}

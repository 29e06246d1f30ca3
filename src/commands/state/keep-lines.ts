/**
 * Adds lines to `"holdover": { "keep": […] }` in the text of a package.json, written as npm writes it: with the
 * file's own indent and line ends.
 *
 * @returns `undefined` where something else stands there
 */
export function addKeepLines(text: string, lines: string[]): string | undefined {
  const manifest = JSON.parse(text) as { holdover?: unknown };
  const { holdover = {} } = manifest;
  if (typeof holdover !== 'object' || holdover === null || Array.isArray(holdover))
    return undefined;
  const keep = [(holdover as { keep?: unknown }).keep ?? []].flat();
  if (!keep.every((name) => typeof name === 'string')) return undefined;
  const indent = /^(?<indent>[ \t]+)"/m.exec(text)?.groups?.indent ?? 2;
  const changed = { ...manifest, holdover: { ...holdover, keep: [...keep, ...lines] } };
  const written = `${JSON.stringify(changed, null, indent)}${text.endsWith('\n') ? '\n' : ''}`;
  return text.includes('\r\n') ? written.replaceAll('\n', '\r\n') : written;
}

/**
 * Whether a variable is kept already.
 *
 * @param keep what package.json says, unchecked
 */
export function isKept(key: string, keep: unknown): boolean {
  const named = [keep].flat().filter((name) => typeof name === 'string');
  return named.some((name) => {
    const own = name.replace(/^\.\//, '');
    return own === key || key.startsWith(`${own}${own.includes('#') ? '/' : '#'}`);
  });
}

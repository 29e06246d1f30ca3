import type { IncomingMessage } from 'node:http';

/**
 * Changes a header of a request before the app sees it, wherever Node or a framework reads it: in `headers`
 * and in `rawHeaders`, of which `headersDistinct` is made.
 *
 * @param name in small letters
 * @param value `undefined` removes it
 */
export function setRequestHeader(
  request: IncomingMessage,
  name: string,
  value: string | undefined,
): void {
  const { rawHeaders, headers } = request;
  const raw: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [key = '', old = ''] = rawHeaders.slice(i, i + 2);
    if (key.toLowerCase() !== name) raw.push(key, old);
    else if (value !== undefined) raw.push(key, value);
  }
  // The array stays the same: Node may build `headers` of it later.
  rawHeaders.splice(0, rawHeaders.length, ...raw);
  if (value === undefined) delete headers[name];
  else headers[name] = value;
}

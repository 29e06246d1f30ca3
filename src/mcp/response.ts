import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { BodyFilter, Head } from './exchange.ts';

type Method = (...args: unknown[]) => unknown;
type HeadersArgument = Record<string, OutgoingHttpHeader> | OutgoingHttpHeader[];
type Pair = [name: string, value: unknown];

/** What sees a response on its way. */
export interface ResponseWatch {
  /** @returns the value of a header as it is to leave */
  rename?: ((name: string, value: string) => string) | undefined;
  /** May answer in place of the app, whose own answer goes nowhere then. */
  beforeHead?: ((head: Head) => void) | undefined;
  /**
   * Hears of the head before its first byte leaves, once.
   *
   * @returns what the body goes through, one after the other, where it is sent in chunks as it comes
   */
  onHead: (head: Head) => BodyFilter[];
}

/**
 * Watches a response that the app has not seen yet. Every head is made by `writeHead`, whether the app calls
 * it or Node does, so one of the response's own sees all of them.
 */
export function watchResponse(response: ServerResponse, watch: ResponseWatch): void {
  const write = response.write as Method;
  let filters: BodyFilter[] = [];
  const send = (...args: unknown[]): unknown => Reflect.apply(write, response, args);
  const sendOwn = (toOwn: (filter: BodyFilter) => string | Uint8Array | undefined): void => {
    for (const [index, filter] of filters.entries()) {
      const own = toOwn(filter);
      if (own) send(pass(filters.slice(index + 1), toBuffer(own)));
    }
  };
  replace(response, 'writeHead', (writeHead, args) => {
    if (response.headersSent) return writeHead(...args);
    const at = toHeadersIndex(args);
    const { rename } = watch;
    if (rename) renameHeaders(response, args, at, rename);
    const head = toHead(response, args[0], args[at]);
    watch.beforeHead?.(head);
    const result = writeHead(...args);
    if (!response.headersSent) return result;
    const wanted = watch.onHead(head);
    filters = response.chunkedEncoding ? wanted : wanted.filter(({ isReader }) => isReader);
    sendOwn((filter) => filter.begin?.());
    return result;
  });
  replace(response, 'write', (_write, args) => {
    const [chunk, ...rest] = args;
    // As Node does it itself, but before the chunk: what it goes through is known then.
    if (!response.headersSent && isOpen(response) && isChunk(chunk)) {
      response.writeHead(response.statusCode);
    }
    if (filters.length === 0 || !isChunk(chunk)) return send(...args);
    return send(pass(filters, toBuffer(chunk, rest[0])), rest.find(isCallback));
  });
  replace(response, 'end', (end, args) => {
    if (filters.length === 0 || !isOpen(response)) return end(...args);
    const [chunk, encoding] = args;
    if (isChunk(chunk)) send(pass(filters, toBuffer(chunk, encoding)));
    sendOwn((filter) => filter.end?.());
    return end(args.find(isCallback));
  });
}

function pass(filters: BodyFilter[], bytes: Buffer): Buffer {
  return filters.reduce((passed, filter) => toBuffer(filter.chunk(passed)), bytes);
}

/** Gives a response a method of its own in place of another, which only looks like that one to the app. */
function replace(
  response: ServerResponse,
  name: 'writeHead' | 'write' | 'end',
  call: (before: Method, args: unknown[]) => unknown,
): void {
  const { [name]: method } = response;
  const before = (...args: unknown[]): unknown => Reflect.apply(method as Method, response, args);
  const value = (...args: unknown[]): unknown => call(before, args);
  Object.defineProperty(response, name, { value, configurable: true, writable: true });
}

function isOpen({ writableEnded, destroyed }: ServerResponse): boolean {
  return !writableEnded && !destroyed;
}

function isChunk(chunk: unknown): chunk is string | Uint8Array {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}

function isCallback(value: unknown): boolean {
  return typeof value === 'function';
}

function toBuffer(chunk: string | Uint8Array, encoding?: unknown): Buffer {
  if (typeof chunk !== 'string') return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
}

/** Which argument of `writeHead` has the headers: the third, or the second where that is no reason. */
function toHeadersIndex([, reason, headers]: unknown[]): number {
  return typeof reason === 'string' || (headers !== undefined && headers !== null) ? 2 : 1;
}

/** Those that are given to `writeHead` count before those that were set. */
function toHead(response: ServerResponse, status: unknown, headers: unknown): Head {
  const given = new Map(toPairs(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const get = (name: string): string | undefined => {
    const value = given.get(name) ?? response.getHeader(name);
    return value === undefined ? undefined : String(value);
  };
  return { status: Number(status), get };
}

/** Of an object, a flat list, or a list of pairs: Node takes all of them. */
function toPairs(headers: unknown): Pair[] {
  if (!Array.isArray(headers)) return Object.entries(headers ?? {});
  if (Array.isArray(headers[0])) return headers.map(([name, value]) => [String(name), value]);
  const names = headers.filter((_, i) => i % 2 === 0);
  return names.map((name, i) => [String(name), headers[2 * i + 1]]);
}

/** In the arguments of `writeHead`, of which those with headers are copied, and among those that were set. */
function renameHeaders(
  response: ServerResponse,
  args: unknown[],
  at: number,
  rename: (name: string, value: string) => string,
): void {
  const toValue = (name: unknown, value: unknown): unknown =>
    typeof value === 'string' ? rename(String(name).toLowerCase(), value) : value;
  const headers = args[at] as HeadersArgument | undefined | null;
  if (Array.isArray(headers)) {
    args[at] = headers.map((item, i) => {
      if (Array.isArray(item)) return [item[0], toValue(item[0], item[1])];
      return i % 2 === 0 ? item : toValue(headers[i - 1], item);
    });
  } else if (headers) {
    const renamed = Object.entries(headers).map(([name, value]) => [name, toValue(name, value)]);
    args[at] = Object.fromEntries(renamed);
  }
  for (const [name, value] of Object.entries(response.getHeaders())) {
    const renamed = toValue(name, value);
    if (renamed !== value) response.setHeader(name, renamed as string);
  }
}

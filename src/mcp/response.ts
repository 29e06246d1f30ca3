import type { ServerResponse } from 'node:http';

type Method = (...args: unknown[]) => unknown;

/** The head of a response, as the app has made it. */
export interface Head {
  readonly status: number;
  /** @param name in small letters */
  get: (name: string) => string | undefined;
}

/** Reads the body of a response on its way, and may change it. */
export interface BodyFilter {
  /** Returns what is sent right after the head. */
  begin?: () => string;
  /** Returns what is sent in place of a chunk. */
  chunk: (bytes: Buffer) => Uint8Array;
  /** Returns what is sent before the end. */
  end?: () => string | Uint8Array;
}

interface ResponseWatch {
  /** Headers whose value is another one for the client, by name in small letters. */
  renamed: Map<string, (value: string) => string>;
  /** Called before the head is made. May answer in place of the app, whose own answer is dropped then. */
  beforeHead: (head: Head) => void;
  /** Called when the head is made, and has not left. Returns what the body goes through. */
  onHead: (head: Head) => BodyFilter | undefined;
}

/**
 * Watches a response that the app has not seen yet. Every head is made by `writeHead`, whether the app calls it
 * or Node does.
 */
export function watchResponse(response: ServerResponse, watch: ResponseWatch): void {
  let filter: BodyFilter | undefined;
  const [writeHead, write, end] = [response.writeHead, response.write, response.end].map(
    (method) =>
      (...args: unknown[]): unknown =>
        Reflect.apply(method as Method, response, args),
  ) as [Method, Method, Method];
  const send = (bytes: string | Uint8Array | undefined): void => {
    if (bytes && bytes.length > 0) write(bytes);
  };
  replace(response, 'writeHead', (...args) => {
    if (response.headersSent) return writeHead(...args);
    const at = typeof args[1] === 'string' || args[2] ? 2 : 1; // the second may be the reason
    const given = toPairs(args[at]);
    const get = (name: string): string | undefined => {
      const value = given.findLast(([key]) => key.toLowerCase() === name)?.[1];
      const header = value ?? response.getHeader(name);
      return header === undefined ? undefined : String(header);
    };
    const head = { status: Number(args[0]), get };
    watch.beforeHead(head);
    for (const [name, rename] of watch.renamed) {
      const value = get(name);
      if (value === undefined || value === rename(value)) continue;
      if (response.hasHeader(name)) response.setHeader(name, rename(value));
      const isGiven = ([key]: Pair): boolean => key.toLowerCase() === name;
      for (const pair of given.filter(isGiven)) pair[1] = rename(value);
      if (given.some(isGiven)) args[at] = given.flat();
    }
    const result = writeHead(...args);
    if (!response.headersSent) return result;
    filter = watch.onHead(head);
    // The length of a body that the app has announced stays as it is.
    if (filter && response.chunkedEncoding) send(filter.begin?.());
    return result;
  });
  replace(response, 'write', (...args) => {
    const [chunk, encoding] = args;
    // Node makes the head only now, when it is too late to know the filter.
    if (!response.headersSent && isOpen(response) && isChunk(chunk)) {
      response.writeHead(response.statusCode);
    }
    if (!filter || !isChunk(chunk)) return write(...args);
    const passed = filter.chunk(toBuffer(chunk, encoding));
    return write(response.chunkedEncoding ? passed : chunk, ...args.slice(1));
  });
  replace(response, 'end', (...args) => {
    const [chunk, encoding] = args;
    if (!isOpen(response)) return end(...args);
    if (!filter || !response.chunkedEncoding) {
      const result = end(...args); // which makes the head of a response without a body, or with all of it
      if (isChunk(chunk)) filter?.chunk(toBuffer(chunk, encoding));
      return result;
    }
    if (isChunk(chunk)) send(filter.chunk(toBuffer(chunk, encoding)));
    send(filter.end?.());
    return end(args.find((value) => typeof value === 'function'));
  });
}

type Pair = [name: string, value: unknown];

/** Returns the headers that `writeHead` was given: an object, a flat list, or a list of pairs. */
function toPairs(headers: unknown): Pair[] {
  if (!Array.isArray(headers)) return Object.entries(headers ?? {});
  if (Array.isArray(headers[0])) return headers.map(([name, value]) => [String(name), value]);
  const names = headers.filter((_, i) => i % 2 === 0);
  return names.map((name, i) => [String(name), headers[2 * i + 1]]);
}

function replace(response: ServerResponse, name: 'writeHead' | 'write' | 'end', value: Method) {
  Object.defineProperty(response, name, { value, configurable: true, writable: true });
}

function isOpen({ writableEnded, destroyed }: ServerResponse): boolean {
  return !writableEnded && !destroyed;
}

function isChunk(chunk: unknown): chunk is string | Uint8Array {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}

function toBuffer(chunk: string | Uint8Array, encoding?: unknown): Buffer {
  if (typeof chunk !== 'string') return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
}

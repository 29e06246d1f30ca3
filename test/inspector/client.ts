import { connect } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as it goes over the wire. */
export interface RawRequest {
  method: string;
  /** What stands between the method and the version. */
  target: string;
  version: string;
  /** `Name: value`, in this order, and as often as they are there. */
  lines: string[];
  body: string;
}

/** An answer as it came. */
export interface RawAnswer {
  status: number;
  /** By their names in small letters; the values of one name together. */
  headers: Record<string, string>;
  body: string;
}

/** Sends a request and reads until the connection is closed. */
export function exchange(
  { port, host = '127.0.0.1' }: { port: number; host?: string },
  request: RawRequest,
): Promise<RawAnswer> {
  const socket = connect(port, host).setEncoding('utf8');
  socket.write(toText({ ...request, lines: [...request.lines, 'Connection: close'] }));
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (part: string) => (text += part));
    socket.once('error', (error) => (text ? resolve(toAnswer(text)) : reject(error)));
    socket.once('close', () => resolve(toAnswer(text)));
  });
}

/** Sends a request, and hears what comes until the test is over. */
export function hear(port: number, request: RawRequest): () => string {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('error', () => {}).on('data', (part: string) => (text += part));
  socket.write(toText(request));
  return () => text;
}

function toText({ method, target, version, lines, body }: RawRequest): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const hasLength = lines.some((line) => /^(content-length|transfer-encoding):/i.test(line));
  const all = hasLength ? lines : [...lines, ...length];
  return [`${method} ${target} HTTP/${version}`, ...all, '', body].join('\r\n');
}

function toAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers[name] = [headers[name] ?? [], line.slice(colon + 1).trim()].flat().join('\n');
  }
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n') };
}

import type { IncomingMessage } from 'node:http';
import { isObject } from '../options/values.ts';
import { Refusal } from './respond.ts';

/** How long a body may be, in bytes. */
const LONGEST = 1024 * 1024;

/**
 * Reads the body of a request, which is an object in JSON. A form of a page elsewhere cannot send one.
 *
 * @throws Refusal for any other
 */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const { 'content-type': type = '', 'content-length': length } = request.headers;
  if (!/^application\/json(;|$)/i.test(type))
    throw new Refusal(415, 'Send JSON, with the content type application/json.');
  if (Number(length ?? 0) > LONGEST) throw tooLong();
  const body = parse(await readText(request));
  if (isObject(body)) return body;
  throw new Refusal(400, 'Send an object in JSON.');
}

/** What is too long is read to its end and not kept, so that the answer arrives. */
function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LONGEST) return void chunks.push(chunk);
      chunks.length = 0;
      reject(tooLong());
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('close', () => reject(new Refusal(400, 'The body of the request has not come.')));
  });
}

function tooLong(): Refusal {
  return new Refusal(413, 'That is more than 1 MB. Send less.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The body of the request is no JSON.');
  }
}

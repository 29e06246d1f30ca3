import { request } from 'node:https';
import { expect, it } from 'vitest';
import { createCertificate } from '../support/certificate.ts';
import { send } from '../support/clients.ts';
import { rows } from '../support/depth.ts';
import { Rig } from '../support/rig.ts';
import { NODE } from '../support/tools.ts';

/** An app that begins its answers in all ways, and ends in one. */
const APP = `
  import { readFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  import { createServer as createSecureServer } from 'node:https';

  const open = [];
  const EVENTS = { 'content-type': 'text/event-stream' };
  const begin = {
    nothing: () => {},
    headers: (response) => response.setHeader('access-control-allow-origin', '*'),
    // As some frameworks do: the head is there, and not one byte has left.
    head: (response) => response.writeHead(200, EVENTS),
    primed: (response) => response.writeHead(200, EVENTS).write('id: 1\\ndata: \\n\\n'),
    within: (response) => response.writeHead(200, EVENTS).write('data: {'),
    one: (response) => response.writeHead(200, EVENTS)
      .write('data: {"jsonrpc":"2.0","id":"a","result":{}}\\n\\n'),
    zipped: (response) => response.writeHead(200, { ...EVENTS, 'content-encoding': 'gzip' })
      .flushHeaders(),
  };
  const ends = {
    throw() { throw new TypeError('cannot go on\\nat all'); },
    reject() { Promise.reject(new Error('was rejected')); },
    handled() {
      process.on('uncaughtException', () => process.exit(7));
      throw new Error('was handled');
    },
    exit() {
      open.find((response) => response.begins === 'head').write(': more\\n\\n');
      process.exit(3);
    },
    // As tsx ends an app at a signal.
    code() { process.exit(143); },
    // As servers of the SDK's examples do it.
    closing() {
      process.on('SIGTERM', async () => {
        await new Promise(setImmediate);
        for (const response of open) response.end();
        server.close(() => process.exit(5));
        server.closeIdleConnections();
      });
      process.kill(process.pid, 'SIGTERM');
    },
    SIGTERM() { process.kill(process.pid, 'SIGTERM'); },
    SIGINT() { process.kill(process.pid, 'SIGINT'); },
    SIGHUP() { process.kill(process.pid, 'SIGHUP'); },
  };
  const listen = async (request, response) => {
    const name = request.url.slice(1);
    if (name in ends) {
      response.writeHead(200, { connection: 'close' }).end();
      return setTimeout(ends[name], 50);
    }
    for await (const part of request);
    if (response.headersSent) throw new Error('It was begun.');
    open.push(Object.assign(response, { begins: name }));
    begin[name](response);
    console.log('runs ' + name);
  };
  const isSecure = process.argv[2] === 'secure';
  const toPair = () => ({ key: readFileSync('key.pem'), cert: readFileSync('cert.pem') });
  const server = isSecure ? createSecureServer(toPair(), listen) : createServer(listen);
  server.listen(process.env.PORT, () => console.log('listening on ' + server.address().port));
`;

const BEGINNINGS = ['nothing', 'headers', 'head', 'primed', 'within', 'zipped'];

/** How a process ends, and the text of the errors. */
const RESTARTED = 'The server was restarted while this request was running. Send it again.';
const ENDS: Record<string, [end: { code: number | null; signal: string | null }, text: string]> = {
  throw: [{ code: 1, signal: null }, toCrash('TypeError: cannot go on')],
  reject: [{ code: 1, signal: null }, toCrash('Error: was rejected')],
  handled: [{ code: 7, signal: null }, toCrash('Error: was handled')],
  exit: [
    { code: 3, signal: null },
    'The server ended while this request was running. Send it again when it runs.',
  ],
  code: [{ code: 143, signal: null }, RESTARTED],
  closing: [{ code: 5, signal: null }, RESTARTED],
  SIGTERM: [{ code: null, signal: 'SIGTERM' }, RESTARTED],
  SIGINT: [{ code: null, signal: 'SIGINT' }, RESTARTED],
  SIGHUP: [{ code: null, signal: 'SIGHUP' }, RESTARTED],
};

/** No client is to take the connection for one that it can use again. */
const CUT = 'terminated';

function toCrash(cause: string): string {
  return `The server ended while this request was running: ${cause}. It starts again when its code is mended.`;
}

/** What a client has got. */
interface Got {
  status?: number;
  type?: string | null;
  origin?: string | null;
  text: string;
}

it('answers what runs with errors, however the process ends, and the end is the same', async () => {
  const table = Object.keys(ENDS).map((name) => ({ name }));
  const chosen = rows(table, 'throw', 'handled', 'exit', 'closing', 'SIGTERM');
  const names = chosen.map(({ name }) => name);
  const all = await Promise.all(names.map(async (name) => [name, await story(name)] as const));
  for (const [name, { got, exit, output }] of all) {
    const [end, text] = ENDS[name] ?? [];
    expect({ name, ...exit }).toEqual({ name, ...end });
    const cut = name === 'closing' ? '' : CUT; // there the app has ended its streams itself
    const error = { jsonrpc: '2.0', id: 'a', error: { code: -32_000, message: text } };
    const event = `event: message\ndata: ${JSON.stringify(error)}\n\n`;
    const whole = { status: 200, type: 'text/event-stream', origin: null };
    const streamed = {
      head: {
        ...whole,
        text: `${name === 'exit' ? ': more\n\n' : ''}${event}${cut}`,
      },
      within: { ...whole, text: `data: {\n\n${event}${cut}` },
    };
    expect(got, name).toMatchObject(streamed);
    const primed = got.primed?.text.replaceAll(/^id: holdover-ended-[\w-]+\n/gm, '');
    expect(primed).toBe(`id: 1\ndata: \n\n${event}${cut}`);
    expect(got.primed?.text.match(/^id: holdover-ended-/gm)).toHaveLength(1);
    expect(got.zipped?.text ?? '').not.toContain('jsonrpc');
    if (name === 'closing') continue; // the app has sent an empty answer itself
    const json = { status: 200, type: 'application/json', text: JSON.stringify(error) };
    expect(got, name).toMatchObject({
      nothing: { ...json, origin: null },
      headers: { ...json, origin: '*' },
      'nothing for events': { ...whole, text: event },
    });
    if (name === 'throw')
      expect(output).toMatch(/TypeError: cannot go on\n *at all\n +at .*server.js/);
  }
});

it('does so over TLS', async () => {
  const rig = await startApp('secure');
  const { port } = rig;
  const asked = ['head', 'nothing'].map((path) => readSecurely(port, `/${path}`));
  await rig.printed(/^runs /, 2);
  await send({ port, isSecure: true, path: '/throw' });
  const text = JSON.stringify(toCrash('TypeError: cannot go on'));
  for (const got of await Promise.all(asked)) expect(got.split(text)).toHaveLength(2);
  expect(await rig.running.exited).toEqual({ code: 1, signal: null });
});

/** All that comes of a response, until its connection is gone. */
function readSecurely(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = toHeaders('application/json');
    const options = { port, path, method: 'POST', headers, rejectUnauthorized: false };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', () => {}).on('close', () => resolve(text));
    });
    sent.on('error', reject).end(BODY);
  });
}

async function startApp(...words: string[]): Promise<Rig> {
  const rig = await Rig.start({
    files: { 'server.js': APP },
    tool: NODE,
    words: ['server.js', ...words],
    prepare: ({ folder }) => void (words.length > 0 && createCertificate(folder)),
  });
  await rig.listens();
  return rig;
}

async function story(
  end: string,
): Promise<{ got: Record<string, Got>; exit: object; output: string }> {
  const rig = await startApp();
  const got: Record<string, Got> = {};
  const { port } = rig;
  const url = (path: string): string => `http://127.0.0.1:${port}/${path}`;
  const names = [...BEGINNINGS, 'nothing for events'];
  const asked = names.map(async (name) => {
    const [path = ''] = name.split(' ');
    const accept = name === path ? 'application/json' : 'text/html';
    got[name] = await ask(url(path), accept);
  });
  await rig.printed(/^runs /, names.length);
  await (await fetch(url(end))).text();
  await Promise.all(asked);
  return { got, exit: await rig.running.exited, output: rig.output };
}

const BODY = '{ "jsonrpc": "2.0", "method": "tools/call", "id": "a" }';

/** Of an MCP request, whatever its client takes for an answer besides a stream. */
function toHeaders(accept: string): Record<string, string> {
  return {
    accept: `${accept}, text/event-stream`,
    'content-type': 'application/json',
    'mcp-protocol-version': '2025-06-18',
  };
}

async function ask(url: string, accept: string): Promise<Got> {
  let text = '';
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: toHeaders(accept),
      body: BODY,
    });
    const { status, headers } = response;
    const facts = {
      status,
      type: headers.get('content-type'),
      origin: headers.get('access-control-allow-origin'),
    };
    const decoder = new TextDecoder();
    const read = async (): Promise<void> => {
      for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
    };
    await read().catch((error: Error) => (text += `${error.message}`));
    return { ...facts, text };
  } catch (error) {
    return { text: String(error) };
  }
}

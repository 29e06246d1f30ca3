import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { poll } from '../support/poll.ts';
import {
  CALL,
  INITIALIZE,
  readText,
  run,
  say,
  TinyServer,
  VERSION,
  type Running,
} from './tiny-server.ts';

const EVENTS = { 'content-type': 'text/event-stream' };

/** A stream as a client has read it so far. */
interface Stream {
  status: number;
  text: () => string;
  ended: Promise<unknown>;
}

/** Opens a stream: by GET, or by a POST with a body. */
async function open(
  { url }: Running,
  id: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: object } = {},
): Promise<Stream> {
  const closing = new AbortController();
  onTestFinished(() => closing.abort());
  const response = await fetch(url, {
    signal: closing.signal,
    method: body ? 'POST' : 'GET',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-session-id': id,
      'mcp-protocol-version': VERSION,
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  let text = '';
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
  };
  return { status: response.status, text: () => text, ended: read().catch(() => {}) };
}

/** The messages that a stream has brought. */
function messagesOf({ text }: Stream): { id?: unknown; method?: string; params?: object }[] {
  return text()
    .split('\n')
    .flatMap((line) => (/^data: ?./.test(line) ? (JSON.parse(line.slice(5)) as object) : []));
}

/** A session that was begun before the app that answers from now on. */
async function goOn(app = new TinyServer('new')): Promise<{ running: Running; id: string }> {
  const running = await run();
  const { id = '' } = await say(running, INITIALIZE);
  running.restart(app);
  return { running, id };
}

/** An app whose calls ask a question each, numbered from 0, and are answered when that is. */
class Asking extends TinyServer {
  readonly bodies: string[] = [];
  #count = 0;

  constructor() {
    super('new');
    this.read = async (request) => {
      const text = await readText(request);
      this.bodies.push(text);
      return text;
    };
    this.answer = (response, headers, body) => {
      if (!body.includes('"by"')) return response.writeHead(200, headers).end(body);
      response.writeHead(200, { ...headers, ...EVENTS });
      response.write(toEvent(question(this.#count++)));
    };
  }
}

const question = (id: number, params: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'elicitation/create',
  params,
});
const answer = (id: unknown) => ({ jsonrpc: '2.0', id, result: { action: 'accept' } });
const toEvent = (message: object): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

describe('the stream of a session that was made anew', () => {
  it('says first, and once, that the lists of the server may have changed', async () => {
    const app = new TinyServer('new');
    app.capabilities = {
      tools: { listChanged: true },
      prompts: {},
      resources: { listChanged: true },
    };
    const { running, id } = await goOn(app);
    const [first, second] = [await open(running, id), await open(running, id)];
    await poll(() => second.text().includes(': open'));
    const changes = ['tools', 'resources'].map((name) =>
      toEvent({ jsonrpc: '2.0', method: `notifications/${name}/list_changed` }),
    );
    expect(first.text()).toBe(`${changes.join('')}: open\n\n`);
    expect(second.text()).toBe(': open\n\n');
  });

  it('says nothing of that where it is compressed', async () => {
    const app = new TinyServer('new');
    app.capabilities = { tools: { listChanged: true } };
    const { running, id } = await goOn(app);
    app.stream = (response) => {
      response.writeHead(200, { ...EVENTS, 'content-encoding': 'gzip' });
      response.end(gzipSync(': zipped\n\n'));
    };
    const { ended, text } = await open(running, id);
    await ended;
    expect(text()).toBe(': zipped\n\n');
  });

  it('is not asked for what was said in another process', async () => {
    const { running, id } = await goOn();
    const lastSeen = (): unknown[] => {
      const { headers, rawHeaders } = running.app.requests.at(-1) ?? {};
      return [headers?.['last-event-id'], rawHeaders?.some((name) => /^last-event/i.test(name))];
    };
    const opens = (last: string, session = id): Promise<Stream> =>
      open(running, session, { headers: { 'Last-Event-ID': last } });
    running.app.stream = (response) =>
      void response.writeHead(200, EVENTS).write('id: new_1\ndata: \n\n');
    const stream = await opens('old_1');
    expect(lastSeen()).toEqual([undefined, false]);
    await poll(() => stream.text().includes('new_1'));
    await opens('new_1');
    expect(lastSeen()).toEqual(['new_1', true]);
    const { id: own = '' } = await say(running, INITIALIZE);
    await opens('any', own);
    expect(lastSeen()).toEqual(['any', true]);
  });

  it('is not opened for the rest of an answer that was an error of ours', async () => {
    const { running, id } = await goOn();
    const { status } = await open(running, id, {
      headers: { 'last-event-id': 'holdover-ended-x' },
    });
    expect(status).toBe(405);
    expect(running.app.heard).not.toContain('GET');
  });
});

describe('a question of the server', () => {
  it('takes no answer to a question of another process', async () => {
    const app = new Asking();
    const { running, id } = await goOn(app);
    const call = await open(running, id, { body: CALL });
    await poll(() => call.text().endsWith('\n\n'));
    const [asked] = messagesOf(call);
    expect(asked?.method).toBe('elicitation/create');
    const { length } = app.bodies;
    // The last process has asked under the same number, or has had a tag of its own.
    for (const stale of [0, '0', 'holdover-00000000-0']) {
      expect(await say(running, answer(stale), { id })).toMatchObject({ status: 202, text: '' });
    }
    expect(app.bodies).toHaveLength(length);
    expect(await say(running, answer(asked?.id), { id })).toMatchObject({ status: 202 });
    expect(app.bodies.slice(length)).toEqual([JSON.stringify(answer(0))]);
    expect(app.requests.at(-1)?.headers).toMatchObject({
      'mcp-session-id': [...app.sessions.keys()][0],
      'mcp-protocol-version': VERSION,
    });
    // A batch may hide an answer to another process.
    expect((await say(running, [answer(0), CALL], { id })).status).toBe(400);
    expect(app.bodies).toHaveLength(length + 1);
    app.users = { nobody: 'nobody' };
    expect((await say(running, answer(asked?.id), { id })).status).toBe(401);
  });

  it('is not changed in a session of this process', async () => {
    const app = new Asking();
    const { running } = await goOn(app);
    const { id = '' } = await say(running, INITIALIZE);
    const call = await open(running, id, { body: CALL });
    await poll(() => call.text().endsWith('\n\n'));
    expect(call.text()).toBe(toEvent(question(0)));
    await open(running, id, { body: answer(0) });
    expect(app.bodies.at(-1)).toBe(JSON.stringify(answer(0)));
  });
});

describe('what an app writes on a stream', () => {
  const accents = question(1, { message: 'Für 5 €? 😀' });

  it('arrives whole however it is written', async () => {
    const app = new TinyServer('new');
    const { running, id } = await goOn(app);
    app.stream = (response: ServerResponse) => {
      response.setHeader('content-type', 'text/event-stream');
      response.flushHeaders();
      const bytes = Buffer.from(toEvent(accents));
      const middle = bytes.indexOf('€') + 1;
      response.write(': é\n\n', 'latin1');
      response.write(bytes.subarray(0, middle));
      response.write(new Uint8Array(bytes.subarray(middle)), () => {
        response.write(Buffer.from('data: hex\n\n').toString('hex'), 'hex');
        response.write('');
        response.write('data: not whole');
        response.end(', but last');
      });
    };
    const stream = await open(running, id);
    await stream.ended;
    const sent = `: \uFFFD\n\n${toEvent(accents)}data: hex\n\ndata: not whole, but last`;
    expect(stream.text().replace(/"holdover-\w+-1"/, '1')).toBe(sent);
  });

  it.each(['\n', '\r\n', '\r'])(
    'is read whatever ends its lines and cuts its bytes: %j',
    async (end) => {
      const app = new TinyServer('new');
      const { running, id } = await goOn(app);
      const [head, tail] = [
        '{"jsonrpc":"2.0",',
        '"id":1,"method":"elicitation/create","params":{"é":"€😀"}}',
      ];
      const event = [': a comment', '', 'id: 1', `data: ${head}`, `data:${tail}`, 'more', '', ''];
      app.stream = (response) => {
        response.writeHead(200, EVENTS);
        for (const byte of Buffer.from(event.join(end))) response.write(Buffer.of(byte));
        response.end();
      };
      const stream = await open(running, id);
      await stream.ended;
      expect(stream.text()).toMatch(/"holdover-\w+-1"/);
      const sent = stream.text().replace(/"holdover-\w+-1"/, '1');
      const other = ['id: 1', 'more', `data: ${head}${tail}`, '', ''].join('\n');
      expect(sent).toBe([': a comment', '', other].join(end));
    },
  );
});

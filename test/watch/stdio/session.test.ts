import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/mcp/messages/json-rpc.ts';
import { Session } from '../../../src/watch/stdio/session/session.ts';
import type { Server } from '../../../src/watch/stdio/session/server.ts';

/** A session whose client and servers are lists of what they have heard. */
class Talk {
  readonly client: Message[] = [];
  readonly server: Message[] = [];
  readonly said: string[] = [];
  readonly stray: string[] = [];
  readonly held: number[] = [];
  hasEnded = false;
  readonly session = new Session({
    toClient: (line) => this.client.push(JSON.parse(String(line)) as Message),
    onStray: (line) => this.stray.push(String(line)),
    say: (sentence) => this.said.push(sentence),
    onAnswer: (held) => this.held.push(held),
  });
  #run: Server | undefined;

  /** A run of the server begins, and has heard nothing. */
  begin(): Server {
    this.server.length = 0;
    this.#run = this.session.begin({
      write: (line) => this.server.push(JSON.parse(String(line)) as Message),
      end: () => void (this.hasEnded = true),
    });
    return this.#run;
  }

  says(message: object | object[]): void {
    this.session.fromClient(Buffer.from(`${JSON.stringify(toMessage(message))}\n`));
  }

  answers(message: object | object[], run = this.#run as Server): void {
    this.session.fromServer(run, Buffer.from(`${JSON.stringify(toMessage(message))}\n`));
  }

  print(line: string): void {
    this.session.fromServer(this.#run as Server, Buffer.from(line));
  }

  /** What the client has heard since. */
  heard(): Message[] {
    return this.client.splice(0);
  }

  /** What the server has heard since. */
  told(): Message[] {
    return this.server.splice(0);
  }

  /** Client and server have greeted each other. */
  static greeted(result: object = RESULT): Talk {
    const talk = new Talk();
    talk.begin();
    talk.says(INITIALIZE);
    talk.answers({ id: 0, result });
    talk.says({ method: 'notifications/initialized' });
    for (const list of [talk.client, talk.server]) list.length = 0;
    return talk;
  }

  /** The next run, which answers the `initialize`. */
  async restart(answer: object = { result: RESULT }): Promise<void> {
    this.begin();
    const [{ id } = {}] = this.told();
    this.answers({ id, ...answer });
    await new Promise(setImmediate); // who waits for it goes on
  }
}

const toMessage = (message: object | object[]): object =>
  Array.isArray(message)
    ? message.map((each: object) => ({ jsonrpc: '2.0', ...each }))
    : { jsonrpc: '2.0', ...message };

const RESULT = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: { listChanged: true }, logging: {} },
};
const INITIALIZE = { id: 0, method: 'initialize', params: { clientInfo: { name: 'a client' } } };
const CALL = { id: 1, method: 'tools/call', params: { name: 'a tool' } };
const LIST = { id: 2, method: 'tools/list' };
const LISTEN = {
  id: 'listen:0',
  method: 'subscriptions/listen',
  params: {
    _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
    notifications: { toolsListChanged: true, promptsListChanged: false },
  },
};
const FAILURE = { inFlight: 'it ended', later: 'it does not run' };

const SILENT = { toClient: () => {}, onStray: () => {}, say: () => {}, onAnswer: () => {} };

const RESTARTED = 'The server was restarted while this request was running. Send it again.';
const error = (id: number, message: string) => ({
  jsonrpc: '2.0',
  id,
  error: { code: -32_000, message },
});

describe('the session of a client of MCP', () => {
  it('passes on what is said as it is', () => {
    const talk = Talk.greeted();
    talk.says(CALL);
    expect(talk.told()).toEqual([toMessage(CALL)]);
    talk.answers({ method: 'notifications/message', params: { data: 'x' } });
    talk.answers({ id: 1, result: { n: 1 } });
    expect(talk.heard()).toEqual([
      toMessage({ method: 'notifications/message', params: { data: 'x' } }),
      toMessage({ id: 1, result: { n: 1 } }),
    ]);
    const line = Buffer.from('{"id":3,\t"jsonrpc":"2.0", "method":"tools/list"}\r\n');
    const lines: (Buffer | string)[] = [];
    const session = new Session(SILENT);
    session.begin({ write: (each) => lines.push(each), end: () => {} });
    session.fromClient(line);
    expect(lines[0]).toBe(line);
  });

  it('tells the next run what was said at the beginning, and the client that lists may have changed', async () => {
    const talk = Talk.greeted();
    talk.says({ id: 3, method: 'logging/setLevel', params: { level: 'debug' } });
    talk.says({ id: 4, method: 'resources/subscribe', params: { uri: 'a:b' } });
    talk.answers({ id: 3, result: {} });
    talk.answers({ id: 4, result: {} });
    talk.heard();
    await talk.session.close();
    talk.says(CALL); // it comes while none runs
    talk.begin();
    const [initialize] = talk.told();
    expect(initialize).toMatchObject({ method: 'initialize', params: INITIALIZE.params });
    talk.answers({ id: initialize?.id, result: RESULT });
    await new Promise(setImmediate);
    const told = talk.told();
    expect(told.map(({ method }) => method)).toEqual([
      'notifications/initialized',
      'logging/setLevel',
      'resources/subscribe',
      'tools/call',
    ]);
    for (const { id } of told.slice(1, 3)) talk.answers({ id, result: {} });
    talk.answers({ id: 1, result: { n: 2 } });
    expect(talk.heard()).toEqual([
      toMessage({ method: 'notifications/tools/list_changed' }),
      toMessage({ id: 1, result: { n: 2 } }),
    ]);
    expect(talk.held).toEqual([0, 1]);
  });

  it('has the old run answer what is in flight, and asks again for what can be read twice', async () => {
    const talk = Talk.greeted();
    talk.says(CALL);
    talk.says(LIST);
    let isClosed = false;
    void talk.session.close().then(() => (isClosed = true));
    talk.says({ id: 5, method: 'tools/call' });
    talk.answers({ id: 1, result: { n: 1 } });
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    expect(talk.heard()).toEqual([toMessage({ id: 1, result: { n: 1 } })]);
    await talk.restart();
    expect(talk.told().map(({ id }) => id)).toEqual([undefined, 2, 5]);
  });

  it('answers with an error what nobody will answer, once', async () => {
    const talk = Talk.greeted();
    const old = talk.begin();
    talk.answers({ id: talk.told()[0]?.id, result: RESULT });
    await new Promise(setImmediate);
    talk.heard();
    talk.says(CALL);
    void talk.session.close();
    talk.session.end();
    expect(talk.heard()).toEqual([error(1, RESTARTED)]);
    talk.answers({ id: 1, result: {} }, old); // too late
    expect(talk.heard()).toEqual([]);
    await talk.restart();
    talk.says(CALL);
    talk.heard();
    for (const result of ['first', 'second']) talk.answers({ id: 1, result });
    expect(talk.heard()).toEqual([toMessage({ id: 1, result: 'first' })]);
  });

  it('waits no more for what the client has given up, nor gives it to the next run', async () => {
    const talk = Talk.greeted();
    talk.says(CALL);
    let isClosed = false;
    const closed = talk.session.close().then(() => (isClosed = true));
    talk.says(LIST);
    talk.told();
    const cancel = (requestId: number) => ({
      method: 'notifications/cancelled',
      params: { requestId },
    });
    talk.says(cancel(2));
    expect([talk.told(), isClosed]).toEqual([[], false]);
    talk.says(cancel(1));
    expect(talk.told()).toEqual([toMessage(cancel(1))]);
    await closed;
    await talk.restart();
    expect(talk.told().map(({ method }) => method)).toEqual(['notifications/initialized']);
  });

  it('never takes the answer to an old question for the answer to a new one', async () => {
    const talk = Talk.greeted();
    for (const id of [0, 'a "text"']) {
      const params = { message: 'old', _meta: { progressToken: id } };
      talk.answers({ id, method: 'elicitation/create', params });
    }
    const [number, text] = talk.heard();
    expect(number?.id).not.toBe(text?.id);
    const { _meta } = (number as { params: { _meta: object } }).params;
    talk.says({ id: text?.id, result: { action: 'accept' } });
    talk.says({ method: 'notifications/progress', params: { ..._meta, progress: 1 } });
    expect(talk.told()).toEqual([
      toMessage({ id: 'a "text"', result: { action: 'accept' } }),
      toMessage({ method: 'notifications/progress', params: { progressToken: 0, progress: 1 } }),
    ]);
    talk.session.end();
    expect(talk.heard()).toMatchObject([
      { method: 'notifications/cancelled', params: { requestId: number?.id } },
    ]);
    await talk.restart();
    talk.told();
    talk.answers({ id: 0, method: 'elicitation/create', params: { message: 'new' } });
    const question = talk.heard().at(-1);
    talk.says({ id: number?.id, result: { content: 'old' } });
    talk.says({ id: 0, result: { content: 'of nobody' } });
    expect(talk.told()).toEqual([]);
    talk.says({ id: question?.id, result: { content: 'new' } });
    expect(talk.told()).toEqual([toMessage({ id: 0, result: { content: 'new' } })]);
    talk.answers({ id: 1, method: 'ping' });
    talk.answers({ method: 'notifications/cancelled', params: { requestId: 1 } });
    const [ping, cancelled] = talk.heard();
    expect(cancelled?.params).toEqual({ requestId: ping?.id });
  });

  it('tells why a server does not run, until it runs again', async () => {
    const talk = Talk.greeted();
    talk.says(CALL);
    talk.session.fail(FAILURE);
    talk.says(LIST);
    expect(talk.heard()).toEqual([error(1, 'it ended'), error(2, 'it does not run')]);
    await talk.restart();
    talk.says({ ...LIST, id: 6 });
    expect(talk.told().at(-1)).toMatchObject({ id: 6 });
  });

  it('tells that a server does not answer, once it has had its time, and goes on when it does', async () => {
    const talk = Talk.greeted();
    talk.session.expire(); // it has answered
    await talk.session.close();
    talk.says(CALL);
    talk.session.expire(); // it is about to end
    talk.begin();
    expect(talk.heard()).toEqual([]);
    const [{ id } = {}] = talk.told();
    talk.session.expire();
    talk.says(LIST);
    const refused = expect.stringMatching(/^The server does not answer the `initialize`/) as string;
    expect(talk.heard()).toEqual([error(1, refused), error(2, refused)]);
    await talk.session.close();
    talk.says({ ...CALL, id: 8 }); // for the next run, as ever
    expect(talk.heard()).toEqual([]);
    talk.begin();
    const [{ id: next } = {}] = talk.told();
    expect(next).not.toBe(id);
    talk.session.expire();
    expect(talk.heard()).toEqual([error(8, refused)]);
    talk.answers({ id: next, result: RESULT });
    await new Promise(setImmediate);
    talk.says({ ...CALL, id: 9 });
    expect(talk.told().at(-1)).toMatchObject({ id: 9 });
  });

  it('does so at the first start', () => {
    const talk = new Talk();
    talk.begin();
    talk.says(INITIALIZE);
    talk.session.fail(FAILURE);
    expect(talk.heard()).toEqual([error(0, 'it ended')]);
    talk.begin();
    expect(talk.told()).toEqual([]);
    talk.says({ ...INITIALIZE, id: 7 });
    expect(talk.told()).toMatchObject([{ id: 7, method: 'initialize' }]);
  });

  it('gives the first `initialize` to the next run when the first one ends before it has answered', () => {
    const talk = new Talk();
    talk.begin();
    talk.says(INITIALIZE);
    talk.session.end();
    talk.begin();
    expect([talk.told(), talk.heard()]).toEqual([[toMessage(INITIALIZE)], []]);
  });

  it('says once that the client is ready, which may say so while no run lives', async () => {
    const talk = new Talk();
    talk.begin();
    talk.says(INITIALIZE);
    talk.answers({ id: 0, result: RESULT });
    await talk.session.close();
    talk.says({ method: 'notifications/initialized' });
    await talk.restart();
    expect(talk.told()).toEqual([toMessage({ method: 'notifications/initialized' })]);
  });

  it('goes on with a server that refuses the `initialize`, or answers another way, and says so', async () => {
    const talk = Talk.greeted();
    await talk.restart({ error: { code: -32_602, message: 'no' } });
    await talk.restart({
      result: { protocolVersion: '2024-11-05', capabilities: { prompts: {} } },
    });
    expect(talk.said).toEqual([
      'The server refuses the `initialize` of its client: no. Connect the client anew.',
      'The server speaks MCP 2024-11-05 now, and its client goes on with 2025-11-25. Connect the client anew.',
      'The server has other capabilities now (prompts). Its client learns of them when it connects anew.',
    ]);
    talk.says(CALL);
    expect(talk.told().at(-1)).toEqual(toMessage(CALL));
  });

  it('keeps a subscription of 2026-07-28, for which there is no handshake', async () => {
    const talk = new Talk();
    talk.begin();
    talk.says(LISTEN);
    talk.answers({ method: 'notifications/subscriptions/acknowledged' });
    talk.heard();
    await talk.session.close();
    talk.answers({ id: 'listen:0', result: {} }); // the old run says goodbye
    talk.begin();
    talk.says(CALL);
    const [discover, ...others] = talk.told();
    expect(discover).toMatchObject({ method: 'server/discover', params: { _meta: {} } });
    expect([others, talk.held]).toEqual([[], [0]]);
    talk.answers({ id: discover?.id, result: {} });
    await new Promise(setImmediate);
    expect(talk.told()).toEqual([toMessage(LISTEN), toMessage(CALL)]);
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'listen:0' };
    expect(talk.heard()).toEqual([
      toMessage({ method: 'notifications/tools/list_changed', params: { _meta } }),
    ]);
    expect(talk.held).toEqual([0, 2]);
    talk.session.fail(FAILURE);
    expect(talk.heard()).toEqual([error(1, 'it ended')]);
    await talk.restart();
    expect(talk.told()).toEqual([toMessage(LISTEN)]);
  });

  it('takes a batch apart', () => {
    const talk = Talk.greeted();
    talk.says([CALL, LIST]);
    expect(talk.told()).toEqual([toMessage(CALL), toMessage(LIST)]);
    talk.answers([
      { id: 2, result: {} },
      { method: 'ping', id: 0 },
    ]);
    expect(talk.heard()).toMatchObject([{ id: 2 }, { method: 'ping' }]);
  });

  it('leaves to the server what is no message, and takes what is none from it', () => {
    const talk = Talk.greeted();
    const lines: string[] = [];
    const session = new Session({
      ...SILENT,
      onStray: (line) => lines.push(`stray ${String(line)}`),
    });
    const server = session.begin({ write: (line) => lines.push(String(line)), end: () => {} });
    session.fromClient(Buffer.from('{ broken\n'));
    for (const line of ['hello\n', '{"level":30}\n', '\n'])
      session.fromServer(server, Buffer.from(line));
    expect(lines).toEqual(['{ broken\n', 'stray hello\n', 'stray {"level":30}\n', 'stray \n']);
    talk.says(CALL);
    const half = [
      '{half {"id":1,"jsonrpc":"2.0","result":{}}\n',
      'log {"jsonrpc":"2.0","method":"x"}\n',
    ];
    for (const each of half) talk.print(each);
    expect([talk.stray, talk.heard()]).toEqual([
      ['{half ', half[1]],
      [toMessage({ id: 1, result: {} })],
    ]);
  });

  it('tells who waits for a message that is too long', () => {
    const talk = Talk.greeted();
    const server = talk.begin();
    talk.session.dropped('{"method":"tools/call","params":…},"jsonrpc":"2.0","id":9}');
    talk.session.dropped('{"result":…},"jsonrpc":"2.0","id":8}', server);
    talk.session.dropped('{"jsonrpc":"2.0","id":"x","method":…}');
    talk.session.dropped('…');
    expect(talk.heard().map(({ id }) => id)).toEqual([9, 'x']);
    expect(talk.said[0]).toMatch('64 MB');
  });

  it('ends the input of a server when it has had all', async () => {
    const talk = Talk.greeted();
    await talk.session.close();
    talk.says(CALL);
    talk.session.over();
    expect(talk.hasEnded).toBe(false);
    await talk.restart();
    expect([talk.told().at(-1), talk.hasEnded]).toEqual([toMessage(CALL), true]);
  });
});

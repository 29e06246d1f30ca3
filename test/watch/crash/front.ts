import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { CrashPage } from '../../../src/watch/crash/server.ts';
import { EDITORS, type ToEditorUrl } from '../../../src/watch/crash/editors.ts';

/** A listening socket that hands its connections, unread, to a crash page. */
export interface Front {
  page: CrashPage;
  port: number;
  url: string;
  /** Connections that have been handed over, in order. */
  sockets: Socket[];
  /** How often the button of the page was pressed. */
  timesTried: number;
  /** Listens no more; what is connected stays. */
  stop(): Promise<void>;
}

/** @param prepare what to do with a connection before it is handed over */
export async function openFront(
  prepare: (socket: Socket) => void = () => {},
  address: string | number = 0,
): Promise<Front> {
  const page = new CrashPage({
    editor: EDITORS.get('vscode') as ToEditorUrl,
    root: process.cwd(),
    onTryAgain: () => front.timesTried++,
  });
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket);
    prepare(socket);
    page.accept(socket);
  }).listen(address);
  await new Promise((resolve) => server.once('listening', resolve));
  const stop = async (): Promise<void> => {
    server.close();
  };
  onTestFinished(async () => {
    await stop();
    page.close();
  });
  const { port } = server.address() as AddressInfo;
  const front: Front = {
    page,
    port,
    url: `http://localhost:${port}`,
    sockets,
    timesTried: 0,
    stop,
  };
  return front;
}

/** A client that writes what it likes and reads to the end. */
export class Client {
  readonly socket: Socket;
  #received = '';
  /** What it has received, when the connection has ended; rejects when it was reset. */
  readonly ended: Promise<string>;

  constructor(to: number | string, host = '127.0.0.1') {
    this.socket = typeof to === 'number' ? connect(to, host) : connect(to);
    onTestFinished(() => void this.socket.destroy());
    this.socket.setEncoding('utf8').on('data', (text: string) => (this.#received += text));
    this.ended = new Promise((resolve, reject) => {
      this.socket.once('close', () => resolve(this.#received)).once('error', reject);
    });
    this.ended.catch(() => {});
  }

  get received(): string {
    return this.#received;
  }

  write(...lines: string[]): this {
    this.socket.write(lines.join('\r\n'));
    return this;
  }

  /** Asks for the page with these header lines; Host is added where it is not among them. */
  get(lines: string[] = [], first = 'GET / HTTP/1.1'): Promise<string> {
    const hasHost = lines.some((line) => /^host:/i.test(line));
    this.write(first, ...(hasHost ? lines : ['Host: localhost', ...lines]), '', '');
    return this.ended;
  }
}

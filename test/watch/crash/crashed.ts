import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Crash } from '../../../src/asking/crash.ts';
import { poll } from '../../support/poll.ts';
import { Rig, type Setup } from '../../support/rig.ts';

/** An app with one module that a test breaks and mends: `part.js` or `part.ts`. */
const SERVER = `
  import { createServer } from 'node:http';
  import * as part from './part.js';
  createServer((request, response) => response.end(request.method + ' ' + part.version))
    .listen(process.env.PORT, () => console.log('listens ' + part.version));
`;

/** What a client is told of a crash. */
export interface Told extends Omit<Crash, 'title' | 'keepsSessions'> {
  message: string;
  sessions?: 'safe';
}

export const MENDED = `export const version = 'mended';\n`;
const BROKEN = `const secretOfTheSource = 1;\nthrow new TypeError('a mistake');\nexport const version = 1;\n`;

/** Starts an app whose socket is held. */
export async function startApp(extension: 'js' | 'ts' = 'js', setup: Setup = {}): Promise<Rig> {
  const rig = await Rig.start({
    needsPort: true,
    words: [`server.${extension}`],
    ...setup,
    files: { [`server.${extension}`]: SERVER, [`part.${extension}`]: MENDED, ...setup.files },
  });
  await rig.printed(/^listens/);
  await rig.holds();
  return rig;
}

/** Saves a file that breaks the app. @returns what is told of the crash */
export async function crash(rig: Rig, content = BROKEN, path = 'part.js'): Promise<Told> {
  const before = await stateOf(rig);
  rig.save(path, content);
  await poll(async () => ![before, null].includes(await stateOf(rig)));
  return (await (await fetch(rig.url)).json()) as Told;
}

/** The name of the crash that is shown, `null` where the app answers. */
export async function stateOf(rig: Rig): Promise<string | null> {
  return (await fetch(rig.url)).headers.get('x-holdover-crash');
}

/** Saves the module as it was, and waits until the app answers. */
export async function mend(rig: Rig): Promise<void> {
  rig.save('part.js', MENDED);
  await poll(async () => (await stateOf(rig)) === null);
}

/** A client that writes what it likes and reads to the end. */
export class Client {
  readonly socket: Socket;
  received = '';
  /** What it has received, when the connection has ended; rejects when it was reset. */
  readonly ended: Promise<string>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    onTestFinished(() => void this.socket.destroy());
    this.socket.setEncoding('utf8').on('data', (text: string) => (this.received += text));
    this.ended = new Promise((resolve, reject) => {
      this.socket.once('close', () => resolve(this.received)).once('error', reject);
    });
    this.ended.catch(() => {});
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

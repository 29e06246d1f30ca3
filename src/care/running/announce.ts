import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from '../../storage/files/folders.ts';
import { writeOver } from '../../storage/files/replace-file.ts';
import { answerLine, type Answers } from './questions.ts';
import { toFolder, toPrefix, toSocketPath, type RunningApp } from './place.ts';

/** More than a question has, in characters. */
const LONGEST = 10_000;

/**
 * Lets commands of the same user ask this process, until it is closed. It answers on a unix socket or a named
 * pipe, and only to who knows a token that is in a file of mode 0600. Where that cannot be, nobody can ask.
 * What an answer throws is told to who has asked.
 */
export class Announcement {
  readonly #answers: Answers;
  readonly #server: Server;
  readonly #note: string;
  readonly #app: RunningApp;

  /**
   * @param root of the project, absolute
   * @param name of the app, for people
   */
  constructor(root: string, name: string, answers: Answers) {
    const folder = toFolder();
    this.#answers = answers;
    const token = randomBytes(32).toString('hex');
    this.#app = { pid: process.pid, name, path: toSocketPath(folder), token };
    this.#note = join(folder, `${toPrefix(root)}${process.pid}.json`);
    this.#server = createServer((socket) => this.#hear(socket));
    this.#server.on('error', () => this.close()).unref();
    try {
      makeFolder(folder);
      this.#listen();
    } catch {
      this.close(); // the state directory cannot be written
    }
  }

  close(): void {
    this.#server.close();
    try {
      rmSync(this.#note, { force: true });
    } catch {
      // it has never been there: the folder is another user's
    }
  }

  #listen(): void {
    const { path } = this.#app;
    this.#server.listen(path, () => {
      try {
        if (process.platform !== 'win32') chmodSync(path, 0o600);
        writeOver(this.#note, Buffer.from(JSON.stringify(this.#app)));
      } catch {
        this.close();
      }
    });
  }

  #hear(socket: Socket): void {
    let asked = '';
    socket.on('error', () => {}).unref();
    socket.setEncoding('utf8').on('data', (text: string) => {
      asked += text;
      if (asked.length > LONGEST) socket.destroy();
      else if (asked.includes('\n')) void this.#reply(socket, asked.slice(0, asked.indexOf('\n')));
    });
  }

  async #reply(socket: Socket, line: string): Promise<void> {
    socket.removeAllListeners('data');
    const [token = ''] = line.split(' ', 1);
    const [given, own] = [Buffer.from(token), Buffer.from(this.#app.token)];
    if (given.length !== own.length || !timingSafeEqual(given, own)) return void socket.destroy();
    try {
      socket.end(
        JSON.stringify({ answer: await answerLine(line.slice(token.length + 1), this.#answers) }),
      );
    } catch (error) {
      socket.end(JSON.stringify({ error: (error as Error).message }));
    }
  }
}

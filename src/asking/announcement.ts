import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from '../storage/files/folders.ts';
import { writeOver } from '../storage/files/replace-file.ts';
import { answerLine, type Answers } from './questions.ts';
import { toFolder, toPrefix, toSocketPath, type RunningApp } from './running-app.ts';

/** More than any question has. */
const MAX_QUESTION_LENGTH = 10_000;

/**
 * Lets commands of the same user ask this process until it is closed. It listens on a unix socket or a named pipe,
 * and answers only clients that know the token, which is in a file of mode 0600. If the state directory cannot be
 * written, commands do not find this process. The client receives the message of an error that an answer throws.
 */
export class Announcement {
  readonly #answers: Answers;
  readonly #server: Server;
  readonly #file: string;
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
    this.#file = join(folder, `${toPrefix(root)}${process.pid}.json`);
    this.#server = createServer((socket) => this.#serve(socket));
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
      rmSync(this.#file, { force: true });
    } catch {
      // the folder belongs to another user, so the file was never written
    }
  }

  #listen(): void {
    const { path } = this.#app;
    this.#server.listen(path, () => {
      try {
        if (process.platform !== 'win32') chmodSync(path, 0o600);
        writeOver(this.#file, Buffer.from(JSON.stringify(this.#app)));
      } catch {
        this.close();
      }
    });
  }

  #serve(socket: Socket): void {
    let question = '';
    socket.on('error', () => {}).unref();
    socket.setEncoding('utf8').on('data', (text: string) => {
      question += text;
      if (question.length > MAX_QUESTION_LENGTH) socket.destroy();
      else if (question.includes('\n'))
        void this.#reply(socket, question.slice(0, question.indexOf('\n')));
    });
  }

  async #reply(socket: Socket, line: string): Promise<void> {
    socket.removeAllListeners('data');
    const [token = ''] = line.split(' ', 1);
    const [given, own] = [Buffer.from(token), Buffer.from(this.#app.token)];
    if (given.length !== own.length || !timingSafeEqual(given, own)) return void socket.destroy();
    try {
      const answer = await answerLine(line.slice(token.length + 1), this.#answers);
      socket.end(JSON.stringify({ answer }));
    } catch (error) {
      socket.end(JSON.stringify({ error: (error as Error).message }));
    }
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/**
 * A process of `support/processes` that answers one message after the other: the start of Node is nine tenths of
 * what a small piece of work costs. It is started for the first message, and ends with the process of the tests,
 * of which it hears by its channel.
 */
export class HelperProcess {
  readonly #name: string;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param name of the script, without its extension */
  constructor(name: string) {
    this.#name = name;
  }

  /** Sends what `toMessage` returns when all messages before it are answered, and returns the answer. */
  ask<Answer>(toMessage: () => object): Promise<Answer> {
    const answer = this.#last.then(() => {
      const message = toMessage();
      this.#child ??= start(this.#name);
      this.#child.send(message);
      return this.#hear(this.#child);
    });
    this.#last = answer.catch(() => {});
    return answer as Promise<Answer>;
  }

  /** Has the next message begin with a new process. */
  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #hear(from: ChildProcess): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => {
        this.#child = undefined;
        reject(new Error(`The process ${this.#name}.js has ended with ${code}`));
      };
      from.once('exit', onExit);
      from.once('message', (answer) => {
        from.off('exit', onExit);
        resolve(answer);
      });
    });
  }
}

function start(name: string): ChildProcess {
  const path = join(import.meta.dirname, 'processes', `${name}.js`);
  const started = fork(path, [], { env: { ...process.env, NO_COLOR: '1' }, execArgv: [] });
  started.unref();
  started.channel?.unref();
  return started;
}

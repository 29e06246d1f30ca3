import type { Crash, Restarts as Answer } from '../answers.ts';
import type { Apps } from '../apps.ts';
import { Refusal } from '../respond.ts';
import { readNumber, type Call } from './call.ts';

/** The part of the API that tells of the restarts of the newest app that runs. */
export class Restarts {
  readonly #apps: Apps;
  /** The last one that was looked at, and the process that has told of it. */
  #last = { pid: 0, number: 0 };

  constructor(apps: Apps) {
    this.#apps = apps;
  }

  async list(call: Call): Promise<Answer> {
    return this.#since(readNumber(call, 'since', 0));
  }

  async crash({ named }: Call): Promise<Crash> {
    const answer = await this.#apps.askNewest<{ crash: Crash | null }>(`crash ${named}`);
    if (answer?.crash) return answer.crash;
    throw new Refusal(404, 'Nothing is known of that crash any more.');
  }

  /** Another one when an app has started or ended, and after each restart. */
  async mark(): Promise<unknown> {
    const apps = await this.#apps.list();
    const [{ app: { pid } } = { app: { pid: 0 } }] = apps;
    if (pid !== this.#last.pid) this.#last = { pid, number: 0 };
    const { restarts } = await this.#since(this.#last.number);
    this.#last.number = restarts.at(-1)?.number ?? this.#last.number;
    return [this.#last, apps.map(({ app, status }) => [app.pid, status])];
  }

  async #since(number: number): Promise<Answer> {
    return (await this.#apps.askNewest<Answer>(`restarts ${number}`)) ?? { restarts: [] };
  }
}

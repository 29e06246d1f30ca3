import { CLI } from '../support/tools.ts';
import { start, type Running } from '../support/running.ts';

/** An answer of the API. */
export interface Answered<T> {
  status: number;
  body: T & { error?: string };
  cookies: string[];
}

/** The project for which the page is asked: its folder, and its environment. */
interface Asked {
  app: { folder: string };
  env: NodeJS.ProcessEnv;
}

/** `holdover ui` of a project, and a browser that has opened the address. */
export class Ui {
  readonly running: Running;
  readonly address: URL;
  #cookie = '';
  #pageToken = '';

  static async begin(project: Asked, words: string[] = []): Promise<Ui> {
    const running = start(process.execPath, [CLI, 'ui', ...words], {
      cwd: project.app.folder,
      env: project.env,
    });
    await running.printed(/token=.+\n/);
    const [address = ''] = /http:[^\s"]+/.exec(running.output) ?? [];
    const ui = new Ui(running, new URL(address));
    await ui.#visit();
    return ui;
  }

  private constructor(running: Running, address: URL) {
    this.running = running;
    this.address = address;
  }

  get<T>(path: string): Promise<Answered<T>> {
    return this.#call(path, {});
  }

  post<T>(path: string, body: object = {}): Promise<Answered<T>> {
    return this.#call(path, { method: 'POST', body: JSON.stringify(body) });
  }

  /** What is told from now on. */
  async hear(): Promise<() => string> {
    const { body } = await this.#fetch('api/events', {});
    let heard = '';
    const read = async (): Promise<void> => {
      for await (const part of body ?? []) heard += Buffer.from(part as Uint8Array).toString();
    };
    read().catch(() => {}); // it ends
    return () => heard;
  }

  async #visit(): Promise<void> {
    const visit = await fetch(this.address, { redirect: 'manual' });
    this.#cookie = visit.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const page = await (await this.#fetch('', {})).text();
    this.#pageToken = /name="holdover-token" content="([^"]+)"/.exec(page)?.[1] ?? '';
  }

  async #call<T>(path: string, init: RequestInit): Promise<Answered<T>> {
    const response = await this.#fetch(`api/${path}`, init);
    const body = (await response.json()) as Answered<T>['body'];
    return { status: response.status, body, cookies: response.headers.getSetCookie() };
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = {
      Cookie: this.#cookie,
      'X-Holdover-Token': this.#pageToken,
      ...(init.body !== undefined && { 'Content-Type': 'application/json' }),
    };
    return fetch(new URL(`/__holdover/${path}`, this.address), { ...init, headers });
  }
}

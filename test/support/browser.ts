import { parseSetCookie } from 'cookie';

/** A browser does not look into what it keeps. */
const AS_IT_CAME = { decode: (value: string): string => value };

/** A person's browser, as far as a login needs it: it keeps cookies and follows nothing. */
export class Browser {
  readonly #at: { readonly url: string };
  readonly #cookies = new Map<string, string>();

  /** @param at the address of the app, or what has it now: a `Rig`, whose app may listen elsewhere later */
  constructor(at: string | { readonly url: string }) {
    this.#at = typeof at === 'string' ? { url: at } : at;
  }

  /** A copy with the same cookies, as somebody would have who kept them. */
  clone(): Browser {
    const copy = new Browser(this.#at);
    for (const [name, value] of this.#cookies) copy.#cookies.set(name, value);
    return copy;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  /** Gives an answer when all of it is there: express-session sends its head before it has stored the session. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.#at.url + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) },
      signal: AbortSignal.timeout(60_000),
    });
    // By the clock of the answer: it may be read late.
    const sent = Date.parse(response.headers.get('date') ?? '') || Date.now();
    for (const line of response.headers.getSetCookie()) this.#keep(line, sent);
    await response.clone().arrayBuffer();
    return response;
  }

  /** The text of an answer, or `undefined` while the server cannot be reached. */
  async text(path: string, init?: RequestInit): Promise<string | undefined> {
    try {
      return await (await this.request(path, init)).text();
    } catch {
      return undefined; // refused or reset: the server restarts
    }
  }

  /** A JSON answer, or `undefined` while the server cannot be reached or answers with an error. */
  async json<T>(path: string, init?: RequestInit): Promise<T | undefined> {
    try {
      const response = await this.request(path, init);
      return response.ok ? ((await response.json()) as T) : undefined;
    } catch {
      return undefined; // refused or reset: the server restarts
    }
  }

  #keep(line: string, sent: number): void {
    const { name, value = '', expires, maxAge } = parseSetCookie(line, AS_IT_CAME);
    const isOver = (maxAge ?? 1) <= 0 || (expires && expires.getTime() <= sent);
    if (isOver) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

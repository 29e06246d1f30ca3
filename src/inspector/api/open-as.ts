import type { RunningApp } from '../../asking/ask.ts';
import type { CookieText } from '../../asking/questions.ts';
import type { SessionRows } from '../../care/session-rows.ts';
import type { OpenedAs, SignedCookie } from '../answers.ts';
import type { Apps } from '../apps.ts';
import { Refusal } from '../respond.ts';
import type { Call } from './call.ts';

/** The part of the API that hands out a session as the cookie of its app. */
export class OpenAs {
  readonly #index: SessionRows;
  readonly #apps: Apps;

  constructor(index: SessionRows, apps: Apps) {
    this.#index = index;
    this.#apps = apps;
  }

  /** The cookie, for who pastes it. */
  async copy(call: Call): Promise<SignedCookie> {
    const { cookie } = await this.#sign(call);
    return { header: cookie.header };
  }

  /** Sets it in this browser. Cookies know no ports: the app of the same host gets it. */
  async open(call: Call): Promise<OpenedAs> {
    const { app, cookie } = await this.#sign(call);
    const listens = await this.#apps.urlOf(app);
    if (listens === null)
      throw new Refusal(409, `${app.name} does not listen now. Try again when it does.`);
    call.cookies.push(...cookie.setCookie);
    const url = new URL(listens);
    url.hostname = call.hostname;
    return { url: url.href };
  }

  async #sign({ named }: Call): Promise<{ app: RunningApp; cookie: CookieText }> {
    const session = this.#index.find(named);
    if (!session) throw new Refusal(404, 'That session is not there any more.');
    const { namespace, id } = session;
    const signed = namespace === undefined ? undefined : await this.#apps.sign(namespace, id);
    if (signed) return signed;
    throw new Refusal(409, 'No app runs that can sign its cookie. Start the app, and try again.');
  }
}

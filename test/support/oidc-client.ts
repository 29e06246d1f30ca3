import { createHash, randomUUID } from 'node:crypto';
import type { Browser } from './browser.ts';

const CALLBACK = 'https://client.example/callback';

/** What a provider gives for a code or a refresh token, or why it does not. */
export interface Tokens {
  access_token?: string;
  refresh_token?: string;
  error?: string;
}

/** A client that has registered itself with an OpenID provider, and the browser of a person. */
export class OidcClient {
  readonly #url: string;
  readonly #browser: Browser;
  readonly #id: string;
  readonly #secret: string;
  readonly #registration: string;
  readonly #verifier = randomUUID() + randomUUID();

  static async register(url: string, browser: Browser): Promise<OidcClient> {
    const response = await fetch(`${url}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code', 'refresh_token'],
      }),
    });
    return new OidcClient(url, browser, (await response.json()) as Record<string, string>);
  }

  private constructor(url: string, browser: Browser, registered: Record<string, string>) {
    this.#url = url;
    this.#browser = browser;
    this.#id = registered.client_id ?? '';
    this.#secret = registered.client_secret ?? '';
    this.#registration = registered.registration_access_token ?? '';
  }

  /** What the provider knows of the client, asked with the token that it got when it registered. */
  async readRegistration(): Promise<{ status: number; body: string }> {
    const headers = { authorization: `Bearer ${this.#registration}` };
    const response = await fetch(`${this.#url}/reg/${this.#id}`, { headers });
    return { status: response.status, body: await response.text() };
  }

  /** Begins a login; gives the path of the page that asks. */
  async begin(): Promise<string> {
    return this.#visit(
      this.#authorization({ scope: 'openid offline_access', prompt: 'login consent' }),
    );
  }

  /** Logs in on the page that asks and consents; gives the code. */
  async finish(page: string, user: string): Promise<string> {
    const resumed = await this.#submit(page, { prompt: 'login', login: user, password: 'any' });
    const consent = await this.#visit(resumed);
    const location = await this.#visit(await this.#submit(consent, { prompt: 'consent' }));
    return toCode(location);
  }

  /** Asks for a code with what the browser has, without a page; gives it, or the name of an error. */
  async authorizeSilently(): Promise<string> {
    return toCode(await this.#visit(this.#authorization({ scope: 'openid', prompt: 'none' })));
  }

  async redeem(code: string): Promise<Tokens> {
    const more = { code, redirect_uri: CALLBACK, code_verifier: this.#verifier };
    return this.#post('/token', { grant_type: 'authorization_code', ...more });
  }

  async refresh({ refresh_token: token = '' }: Tokens): Promise<Tokens> {
    return this.#post('/token', { grant_type: 'refresh_token', refresh_token: token });
  }

  async isActive(token: string | undefined): Promise<boolean> {
    const answer = await this.#post('/token/introspection', { token: token ?? '' });
    return (answer as { active?: boolean }).active === true;
  }

  #authorization(more: Record<string, string>): string {
    const challenge = createHash('sha256').update(this.#verifier).digest('base64url');
    const words = new URLSearchParams({
      client_id: this.#id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...more,
    });
    return `/auth?${String(words)}`;
  }

  /** Gives where an answer leads to. */
  async #visit(path: string, init?: RequestInit): Promise<string> {
    const response = await this.#browser.request(path, init);
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return location.replace(this.#url, '');
  }

  #submit(page: string, fields: Record<string, string>): Promise<string> {
    return this.#visit(page, { method: 'POST', body: new URLSearchParams(fields) });
  }

  async #post(path: string, fields: Record<string, string>): Promise<Tokens> {
    const credentials = Buffer.from(`${this.#id}:${this.#secret}`).toString('base64');
    const response = await fetch(this.#url + path, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
      body: new URLSearchParams(fields),
    });
    return (await response.json()) as Tokens;
  }
}

function toCode(location: string): string {
  const { searchParams } = new URL(location);
  return searchParams.get('code') ?? searchParams.get('error') ?? '';
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createDebug } from 'obug';
import { INSPECTOR } from '../history/inside.ts';
import { toPrintable } from '../session/display/printable.ts';
import { Api, type InspectorOptions } from './api/api.ts';
import { findStranger, isMeantAs, pathOf, portOf } from './guard.ts';
import { listPageFiles, readPageFile, type PageFile } from './page-files.ts';
import { redirect, Refusal, send, sendJson } from './respond.ts';
import { isToken, toPageToken } from './token.ts';

const debug = createDebug('holdover:inspector');

const API = `${INSPECTOR}api/`;

/** From where it leads there. */
const AROUND = new Set(['/', INSPECTOR.slice(0, -1)]);

/** A request, as far as it says what is wanted. */
interface Asked {
  /** As it was sent: nothing is decoded. */
  path: string;
  query: URLSearchParams;
}

/**
 * A page that shows the sessions of a project, and a JSON API for it, under `/__holdover/`. It answers nobody but
 * a person at this machine who has the token, in a browser's own window.
 */
export class Inspector {
  /** Whoever has it may see and change every session. */
  readonly token: string;
  readonly #options: InspectorOptions;
  readonly #pageToken: string;
  #files: Map<string, PageFile> | undefined;
  #api: Api | undefined;

  /** @param token one that `createToken` has made */
  constructor(options: InspectorOptions, token: string) {
    this.token = token;
    this.#options = options;
    this.#pageToken = toPageToken(token);
  }

  /** Answers a request whose path begins with `/__holdover`. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    request.on('error', () => {});
    response.on('error', () => {});
    const asked = toAsked(request);
    this.#answer(request, response, asked).catch((error: Error) => {
      fail(response, error, asked.path.startsWith(API));
    });
  }

  /** Ends what goes on. */
  close(): void {
    this.#api?.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const { path, query } = asked;
    const stranger = findStranger(request);
    if (stranger !== undefined) throw refuse(stranger);
    if (AROUND.has(path)) return redirect(response, INSPECTOR + pathOf(request).slice(path.length));
    if (path === INSPECTOR && query.has('token')) return this.#letIn(request, response, query);
    if (!this.#isKnown(request)) throw refuse('it has no cookie of this inspector');
    if (path.startsWith(API)) await this.#call(request, response, asked);
    else this.#sendFile(request, response, path);
  }

  /** The first visit: the token goes from the address into a cookie. */
  #letIn(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    if (!isMeantAs(request, 'document')) throw refuse('a script opens the page');
    if (!isToken(query.get('token'), this.token)) throw refuse('it has another token');
    const cookie = `${toCookieName(request)}=${this.token}; HttpOnly; SameSite=Strict; Path=${INSPECTOR}`;
    response.setHeader('Set-Cookie', cookie);
    redirect(response, INSPECTOR);
  }

  /** Another app of this host may have set a cookie of the same name: one of them is enough. */
  #isKnown(request: IncomingMessage): boolean {
    const before = `${toCookieName(request)}=`;
    const cookies = (request.headers.cookie ?? '').split(';').map((text) => text.trim());
    return cookies.some(
      (text) => text.startsWith(before) && isToken(text.slice(before.length), this.token),
    );
  }

  async #call(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query }: Asked,
  ): Promise<void> {
    if (!isMeantAs(request, 'empty')) throw refuse('a page shows an answer of the API');
    if (!isToken(request.headers['x-holdover-token'], this.#pageToken))
      throw refuse('it has not the token of the page');
    this.#api ??= new Api(this.#options);
    await this.#api.answer(request, response, { path: path.slice(API.length), query });
  }

  #sendFile(request: IncomingMessage, response: ServerResponse, path: string): void {
    this.#files ??= listPageFiles(INSPECTOR);
    const file = this.#files.get(path);
    if (!file) throw new Refusal(404, 'There is no such file.');
    if (!isMeantAs(request, file.destination)) throw refuse('a script reads the page');
    if (request.method !== 'GET') throw new Refusal(405, 'Files are read by GET.');
    send(response, 200, file.type, readPageFile(file, this.#pageToken));
  }
}

function toAsked(request: IncomingMessage): Asked {
  const [path = '', ...search] = pathOf(request).split('?');
  return { path, query: new URLSearchParams(search.join('?')) };
}

/** Cookies know no ports, but for their names. */
function toCookieName(request: IncomingMessage): string {
  return `holdover-${portOf(request)}`;
}

/** All strangers are told the same. */
function refuse(why: string): Refusal {
  debug('a request is refused: %s', why);
  return new Refusal(403, 'Open the address that the terminal has printed.');
}

function fail(response: ServerResponse, error: Error, isCall: boolean): void {
  if (response.headersSent) return void response.destroy();
  const status = error instanceof Refusal ? error.status : 500;
  if (status === 500) debug('a request has failed: %o', error);
  const sentence = toPrintable(error.message);
  if (isCall) sendJson(response, status, { error: sentence });
  else send(response, status, 'text/plain; charset=utf-8', `${sentence}\n`);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { displayPlace, resolveProject, type CareOptions } from '../../care/project.ts';
import { SessionRows } from '../../care/session-rows.ts';
import { stampHistory } from '../../history/history.ts';
import { listStateTimes } from '../../state/snapshots/stored.ts';
import { Apps } from '../apps.ts';
import { readBody } from '../body.ts';
import { Events } from '../events.ts';
import { originOf } from '../guard.ts';
import { Refusal, sendJson } from '../respond.ts';
import type { Call } from './call.ts';
import { OpenAs } from './open-as.ts';
import { Project } from './project.ts';
import { Restarts } from './restarts.ts';
import { Sessions } from './sessions.ts';

/** Whose sessions are inspected. */
export interface InspectorOptions extends CareOptions {
  /**
   * The process that is asked.
   * @default each app of the project that runs, the newest first
   */
  pid?: number | undefined;
}

interface Route {
  method: 'GET' | 'POST';
  /** The first group is what it names. */
  path: RegExp;
  answer: (call: Call) => object | Promise<object>;
}

/** The JSON API of the inspector. Who calls it has been looked at before. */
export class Api {
  readonly #routes: Route[];
  readonly #index: SessionRows;
  readonly #events: Events;

  /** @throws Error or TypeError, in one sentence, for an option that cannot be used */
  constructor({ pid, ...options }: InspectorOptions) {
    const resolved = resolveProject(options);
    const apps = new Apps(resolved.root, pid);
    this.#index = new SessionRows(options);
    const parts = { place: displayPlace(resolved), index: this.#index, apps };
    const restarts = new Restarts(apps);
    this.#routes = [
      ...routesOfProject(new Project(options, resolved, parts)),
      ...routesOfSessions(new Sessions(options, parts), new OpenAs(this.#index, apps)),
      { method: 'GET', path: /^restarts$/, answer: (call) => restarts.list(call) },
      {
        method: 'GET',
        path: /^restarts\/(\d{1,15})\/crash$/,
        answer: (call) => restarts.crash(call),
      },
    ];
    this.#events = new Events(
      {
        restarts: () => restarts.mark(),
        misses: async () => stampHistory(resolved),
        state: async () => listStateTimes(resolved),
      },
      (hear) => this.#index.listen(hear),
    );
  }

  /**
   * Answers a call.
   *
   * @param path below `/__holdover/api/`
   * @throws Refusal, or whatever the place of the sessions throws
   */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query }: { path: string; query: URLSearchParams },
  ): Promise<void> {
    const { method } = request;
    if (path === 'events' && method === 'GET') return this.#events.open(response);
    const routes = this.#routes.filter((each) => each.path.test(path));
    const route = routes.find((each) => each.method === method);
    if (!route) throw refuse(routes, response);
    const [, named = ''] = route.path.exec(path) ?? [];
    const body = method === 'POST' ? await readBody(request) : {};
    const { hostname } = new URL(originOf(request));
    const call: Call = { named, query, body, hostname, cookies: [] };
    const answer = await route.answer(call);
    if (call.cookies.length > 0) response.setHeader('Set-Cookie', call.cookies);
    sendJson(response, 200, answer);
  }

  close(): void {
    this.#events.close();
    this.#index.close();
  }
}

function routesOfProject(project: Project): Route[] {
  return [
    { method: 'GET', path: /^overview$/, answer: () => project.overview() },
    { method: 'GET', path: /^misses$/, answer: () => project.misses() },
    { method: 'GET', path: /^state$/, answer: () => project.state() },
    { method: 'GET', path: /^doctor$/, answer: () => project.doctor() },
  ];
}

function routesOfSessions(sessions: Sessions, openAs: OpenAs): Route[] {
  const changes: [name: string, answer: Route['answer']][] = [
    ['reveal', (call) => sessions.reveal(call)],
    ['edit', (call) => sessions.edit(call)],
    ['expire', (call) => sessions.expire(call)],
    ['destroy', (call) => sessions.destroy(call)],
    ['cookie', (call) => openAs.copy(call)],
    ['open', (call) => openAs.open(call)],
  ];
  return [
    { method: 'GET', path: /^sessions$/, answer: (call) => sessions.list(call) },
    { method: 'GET', path: /^sessions\/([\w-]{1,100})$/, answer: (call) => sessions.show(call) },
    ...changes.map(([name, answer]): Route => {
      return { method: 'POST', path: new RegExp(`^sessions/([\\w-]{1,100})/${name}$`), answer };
    }),
  ];
}

function refuse(routes: Route[], response: ServerResponse): Refusal {
  const [route] = routes;
  if (!route) return new Refusal(404, 'There is no such call.');
  response.setHeader('Allow', route.method);
  return new Refusal(405, `This call is made by ${route.method}.`);
}

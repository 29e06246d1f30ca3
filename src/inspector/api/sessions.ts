import { changeSession, destroySession, expireSession } from '../../care/change.ts';
import { SessionChangedError } from '../../care/change/json.ts';
import type { CareOptions } from '../../care/project.ts';
import { toRow, type NamedRow, type SessionRows } from '../../care/session-rows.ts';
import { readSession, type SessionFacts } from '../../care/sessions.ts';
import { listSessionEvents } from '../../care/why.ts';
import type { Opened, Revealed, RowField, Rows } from '../answers.ts';
import type { Apps } from '../apps.ts';
import { Refusal } from '../respond.ts';
import { readNumber, readPath, readWord, type Call } from './call.ts';
import { toMasked, toRealPath, valueAt } from './masked.ts';

const FIELDS: readonly RowField[] = [
  'who',
  'id',
  'created',
  'lastSeen',
  'expires',
  'size',
  'namespace',
];

/** How many rows one answer has at most. */
const MOST_ROWS = 1000;

/** Who has done it, in the history of a session. */
const BY = 'the inspector';

/** The part of the API that lists, shows and changes sessions. */
export class Sessions {
  readonly #options: CareOptions;
  readonly #place: string;
  readonly #index: SessionRows;
  readonly #apps: Apps;

  /** @param place where they lie, for people */
  constructor(
    options: CareOptions,
    { place, index, apps }: { place: string; index: SessionRows; apps: Apps },
  ) {
    this.#options = options;
    this.#place = place;
    this.#index = index;
    this.#apps = apps;
  }

  list(call: Call): Promise<Rows> {
    return this.#index.rows({
      filter: call.query.get('filter') ?? '',
      sort: readWord(call, 'sort', FIELDS),
      order: readWord(call, 'order', ['asc', 'desc']),
      from: readNumber(call, 'from', 0),
      count: Math.min(readNumber(call, 'count', 200), MOST_ROWS),
    });
  }

  async show({ named }: Call): Promise<Opened> {
    const facts = await this.#read(named);
    const { id, namespace } = facts;
    const [events, signed] = await Promise.all([
      listSessionEvents(id, this.#options),
      namespace === undefined ? undefined : this.#apps.sign(namespace, id),
    ]);
    return {
      key: named,
      ...toRow(facts),
      ...toMasked(facts),
      events: events.toReversed(),
      cookie: signed?.cookie.name ?? null,
      place: this.#place,
    };
  }

  async reveal(call: Call): Promise<Revealed> {
    const path = readPath(call);
    const facts = await this.#read(call.named);
    const value = valueAt(facts.data, toRealPath(facts, path));
    if (value === undefined) throw new Refusal(404, 'Nothing stands there any more.');
    return { value };
  }

  async edit(call: Call): Promise<object> {
    const path = readPath(call);
    const facts = await this.#read(call.named);
    const { value, was } = call.body;
    const hasWas = Object.hasOwn(call.body, 'was');
    const change = { path: toRealPath(facts, path), value, ...(hasWas && { was }) };
    return this.#change(facts, (options) => changeSession(facts.id, change, options));
  }

  async expire({ named }: Call): Promise<object> {
    const session = this.#find(named);
    return this.#change(session, (options) => expireSession(session.id, options));
  }

  async destroy({ named }: Call): Promise<object> {
    const session = this.#find(named);
    return this.#change(session, (options) => destroySession(session.id, options));
  }

  /** The session that a key of this process stands for. */
  #find(key: string): NamedRow {
    return this.#index.find(key) ?? refuseGone();
  }

  async #read(key: string): Promise<SessionFacts> {
    const session = this.#find(key);
    return (await readSession(session.id, this.#optionsFor(session))) ?? refuseGone();
  }

  async #change(
    session: NamedRow,
    change: (options: CareOptions & { by: string }) => Promise<boolean>,
  ): Promise<object> {
    const isThere = await change({ ...this.#optionsFor(session), by: BY }).catch(toRefusal);
    await this.#index.refresh();
    return isThere ? {} : refuseGone();
  }

  #optionsFor({ namespace }: NamedRow): CareOptions {
    return { ...this.#options, ...(namespace !== undefined && { namespaces: [namespace] }) };
  }
}

function refuseGone(): never {
  throw new Refusal(404, 'That session is not there any more.');
}

/** What a change was refused for is for the person who wanted it. */
function toRefusal(error: Error): never {
  if (error instanceof SessionChangedError) throw new Refusal(409, error.message);
  throw error instanceof TypeError ? new Refusal(400, error.message) : error;
}

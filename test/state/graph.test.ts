import { describe, expect, it } from 'vitest';
import { Recorder, type Recorded } from '../../src/state/graph/record.ts';
import { AppClasses } from '../../src/state/graph/classes.ts';
import { toText, type Written } from '../../src/state/graph/text.ts';
import { Random } from '../support/random.ts';
import { App, getter } from './hosts.ts';

/** What comes back of a value over a restart. */
function comesBack(value: unknown): { value: unknown; said: string[] } {
  const load = (app: App, initial: unknown): { value: unknown } => {
    const box = { value: initial };
    const bindings = {
      value: { get: () => box.value, set: (next: unknown) => void (box.value = next) },
    };
    app.load(() => ({ bindings }));
    app.keeper.atFirstRequest();
    return box;
  };
  const app = new App();
  load(app, value);
  const after = app.restart();
  return { value: load(after, null).value, said: after.said };
}

describe('what comes back as it was', () => {
  const error = Object.assign(new TypeError('no', { cause: new Map([[1, 2]]) }), { code: 5 });
  it.each<[string, unknown]>([
    ['a Date', new Date(5)],
    ['an invalid Date', new Date(Number.NaN)],
    ['a RegExp', /a(b)/giu],
    ['a URL', new URL('https://example.com/a?b=1')],
    ['URLSearchParams', new URLSearchParams('a=1&a=2')],
    ['a Buffer', Buffer.from([0, 255])],
    ['a typed array', new Float64Array([1.5, Number.NaN])],
    ['a DataView', new DataView(new Uint8Array([1, 2, 3]).buffer)],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['an error', error],
    ['numbers that JSON has not', [Number.NaN, Infinity, -Infinity, -0, 0]],
    ['undefined, null and a hole', [undefined, null, , 1]], // oxlint-disable-line no-sparse-arrays
    ['a bigint', [10n ** 30n]],
    ['symbols that have a name', [Symbol.for('own'), Symbol.iterator]],
    ['a plain object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['fields with odd names', JSON.parse('{"__proto__":{"x":1},"constructor":2,"":3}')],
    ['a Map with objects as keys', new Map<unknown, unknown>([[{ a: 1 }, new Set([[1]])]])],
  ])('is %s', (_, value) => {
    const { value: back, said } = comesBack(value);
    expect(back).toStrictEqual(value);
    expect(said).toEqual([]);
    if (value instanceof Error)
      expect([(back as Error).stack, (back as Error).cause]).toEqual([value.stack, value.cause]);
  });
});

describe('what is left out', () => {
  it('is the nearest entry of a collection as a whole, counted by its class', () => {
    const run = (): void => {};
    class Socket {
      isOpen = true;
    }
    const app = new App();
    const data = {
      clients: new Map<string, unknown>([
        ['a', { socket: new Socket() }],
        ['b', { deep: [{ run }] }],
        ['c', { name: 'c', peers: new Set<unknown>([new Socket(), 'x']) }],
      ]),
      list: [1, run, Object.defineProperty({}, 'x', { get: () => 1, enumerable: true })],
      proxy: new Proxy({}, {}),
      symbol: Symbol('own'),
      run,
    };
    app.load(() => ({ bindings: { data: getter(data) } }));
    app.keeper.atFirstRequest();
    const { leftOut } = app.record();
    expect(Object.fromEntries(leftOut.get('storage.ts#data') ?? [])).toEqual({
      Socket: 2,
      function: 2,
      getter: 1,
    });
    const after = app.restart();
    const now = { clients: new Map(), list: [] as unknown[] };
    after.load(() => ({ bindings: { data: getter(now) } }));
    expect(now).toEqual({
      clients: new Map([['c', { name: 'c', peers: new Set(['x']) }]]),
      list: [1],
    });
  });

  it('is never what a Proxy could do, even as a class', () => {
    const trap = (): never => {
      throw new Error('trapped');
    };
    const handler = { get: trap, getPrototypeOf: trap, ownKeys: trap, has: trap };
    const app = new App({ keep: ['storage.ts#proxy', 'storage.ts#list'] });
    const Trapped = new Proxy(Recorder, handler);
    const proxy = new Proxy({}, handler);
    app.load(() => ({
      bindings: { proxy: getter(proxy), list: getter([1, { proxy }]) },
      classes: { Trapped },
    }));
    const box = {};
    const registered = app.keeper.register(
      { key: 'preserve:box', get: () => box },
      { classes: [Trapped as never] },
    );
    expect(registered).toEqual({ isPutBack: false });
    app.keeper.atFirstRequest();
    expect(app.keys()).toEqual(['storage.ts#list', 'preserve:box']);
  });
});

/** Reads a generator to its end. */
function finish<T>(work: Generator<void, T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

describe('a snapshot that would be too large', () => {
  const write = (values: Record<string, unknown>, limit: number): Written => {
    const bindings = Object.entries(values).map(([key, value]) => ({ key, get: () => value }));
    const recorded = finish(new Recorder(new AppClasses()).pass(bindings)) as Recorded;
    return finish(toText(recorded, nothing, limit));
  };
  const nothing = { graphs: [], waiting: [], texts: {} };

  it('counts no value that was replaced meanwhile', () => {
    const recorder = new Recorder(new AppClasses());
    const box = { upload: [''] };
    const bindings = [{ key: 'box', get: () => box }];
    for (const letter of 'abcd') {
      box.upload = [letter.repeat(1_500_000)];
      const recorded = finish(recorder.pass(bindings)) as Recorded;
      const { text, tooLarge } = finish(toText(recorded, nothing, 2_000_000));
      expect(tooLarge.size).toBe(0);
      expect(text).toContain(`${letter}${letter}`);
    }
  });

  it('leaves out the large entry, and stores those beside it', () => {
    const users = new Map<string, unknown>([
      ['ann', { name: 'Ann' }],
      ['big', { upload: { data: 'x'.repeat(3_000_000) } }],
    ]);
    const { text, tooLarge } = write({ users, other: [1] }, 2_000_000);
    expect([...tooLarge.keys()]).toEqual(['users']);
    expect(text).toContain('Ann');
    expect(text).toContain('"other"');
    expect(text.length).toBeLessThan(2_000_000);
  });

  it('leaves out the largest binding where all entries are small', () => {
    const many = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `user ${id}` }));
    const { text, tooLarge } = write({ many, other: [1] }, 100_000);
    expect([...tooLarge.keys()]).toEqual(['many']);
    expect(text).toContain('"other"');
    expect(text.length).toBeLessThan(100_000);
  });
});

it('is read again by what differs as it is read as a whole', () => {
  const random = new Random(7);
  const classes = new AppClasses();
  const users = new Map<number, { name: string; at: Date; tags: string[]; friend?: unknown }>();
  const state = { users, current: undefined as unknown, count: 0 };
  const bindings = [{ key: 'state', get: () => state }];
  const recorder = new Recorder(classes);
  for (let round = 0; round < 300; round++) {
    const id = random.below(40);
    const user = users.get(id);
    const way = random.below(8);
    if (!user || way === 0) users.set(id, { name: `user ${round}`, at: new Date(round), tags: [] });
    else if (way === 1) users.delete(id);
    else if (way === 2) user.at.setTime(round);
    else if (way === 3) user.tags.push(`tag ${round}`);
    else if (way === 4) user.friend = users.get(random.below(40));
    else if (way === 5) state.current = random.below(2) ? user : undefined;
    else if (way === 6) state.count++;
    const found = finish(recorder.pass(bindings));
    const whole = finish(new Recorder(classes).pass(bindings)) as Recorded;
    if (found) expect(toTree(found)).toEqual(toTree(whole));
    expect(finish(recorder.pass(bindings))).toBeUndefined();
  }
});

/** A graph without its numbers. */
function toTree({ graph }: Recorded): unknown {
  const seen = new Map<number, number>();
  const value = (stored: unknown): unknown => {
    if (!Array.isArray(stored) || (stored[0] as number) < 0) return stored;
    const [number] = stored as [number];
    if (seen.has(number)) return `#${seen.get(number)}`;
    seen.set(number, seen.size);
    const [tag, content, name] = graph.nodes[number] as unknown as [string, unknown, string];
    if (tag === 'D' || tag === 'b') return [tag, content];
    if (tag === 'O')
      return [tag, name, Object.entries(content as object).map(([key, one]) => [key, value(one)])];
    if (tag === 'M') return [tag, (content as unknown[][]).map((pair) => pair.map(value))];
    return [tag, (content as unknown[]).map(value)];
  };
  return value(graph.roots.state);
}

import { deepStrictEqual } from 'node:assert';
import { describe, expect, it } from 'vitest';
import { Recorded, throughText } from '../support/form.ts';

interface Thing {
  id: number;
  friend?: unknown;
  bulk?: number[];
}

/** A Map with so many entries. */
function fill(count: number): Map<string, Thing> {
  return new Map(Array.from({ length: count }, (_, id) => [`k${id}`, { id }]));
}

/** The same with so much in each entry that a pass has many pieces. */
function fillHeavy(count: number): Map<string, Thing> {
  const users = fill(count);
  for (const user of users.values()) user.bulk = Array.from({ length: 40 }, (_, i) => i);
  return users;
}

describe('identity', () => {
  it('lasts within a value, in circles, and from one binding to another', () => {
    const user: Thing = { id: 1 };
    user.friend = user;
    const rooms = new Map<unknown, unknown>([[user, [user, { user }]]]);
    rooms.set('rooms', rooms);
    const list = [new Set([user]), rooms];
    const values = { 'a#users': fill(300).set('it', user), 'b#rooms': rooms, 'b#list': list };
    const back = new Recorded(values).values() as typeof values;
    deepStrictEqual(back, values);
    const ada = back['a#users'].get('it');
    expect(ada?.friend).toBe(ada);
    expect([...back['b#rooms'].keys()][0]).toBe(ada);
    expect((back['b#rooms'].get(ada) as [unknown, { user: unknown }])[1].user).toBe(ada);
    expect(back['b#rooms'].get('rooms')).toBe(back['b#rooms']);
    expect(back['b#list'][1]).toBe(back['b#rooms']);
    expect([...(back['b#list'][0] as Set<unknown>)]).toEqual([ada]);
  });

  it('lasts for what is no plain object', () => {
    const shared = [
      new Date(1),
      /a/,
      Buffer.from('b'),
      new URL('http://c'),
      Object(1),
      new Error('d'),
      [],
      new Map(),
    ];
    const back = throughText(shared.map((one) => [one, { one }])) as [object, { one: object }][];
    for (const [a, b] of back) expect(a).toBe(b.one);
    deepStrictEqual(
      back.map(([a]) => a),
      shared,
    );
  });

  it('is the same in all runs, with an id that an object has had', () => {
    const user = { id: 1 };
    const values = { 'a#a': [user], 'b#b': new Set([user]) };
    const first = new Recorded(values);
    const { values: back, ids } = first.revive();
    const [[object, id] = []] = ids;
    expect(object).toBe((back.get('a#a') as unknown[])[0]);
    // In the next run one of the two is not there, and its text stays as it was.
    const second = new Recorded({});
    second.recorder.identify(object as object, id as string);
    second.parts.set('b#b', first.parts.get('b#b') as string);
    second.pass([{ key: 'a#a', get: () => back.get('a#a') }]);
    const third = second.values() as typeof values;
    expect([...third['b#b']][0]).toBe(third['a#a'][0]);
  });
});

describe('a pass', () => {
  it('gives nothing where nothing has changed, and only the part that has', () => {
    const values = { 'a#small': { list: [{ id: 1 }] }, 'a#users': fill(1000), 'b#count': 1 };
    const recorded = new Recorded(values);
    expect([...recorded.parts.keys()]).toEqual([
      'a#small',
      'a#users',
      'a#users~0',
      'a#users~1',
      'a#users~2',
      'a#users~3',
      'b#count',
    ]);
    expect(recorded.changes.bytes).toBe([...recorded.parts.values()].join('').length);
    expect(recorded.pass()).toEqual([]);
    Object.assign(values['a#users'].get('k300') as Thing, { name: 'Ada' });
    expect(recorded.pass()).toEqual(['a#users~1']);
    values['b#count']++;
    values['a#small'].list.push({ id: 2 });
    expect(recorded.pass()).toEqual(['a#small', 'b#count']);
    deepStrictEqual(recorded.values(), values);
    expect(recorded.changes.bytes).toBe([...recorded.parts.values()].join('').length);
  });

  it('follows what is added, removed and moved, part by part', () => {
    const users = fill(1000);
    const recorded = new Recorded({ 'a#users': users });
    users.set('new', { id: -1 });
    expect(recorded.pass()).toEqual(['a#users~3']);
    users.delete('k0');
    expect(recorded.pass()).toEqual(['a#users~0']);
    // To the end.
    users.delete('k400');
    users.set('k400', { id: 400 });
    expect(recorded.pass()).toEqual(['a#users~1', 'a#users~3']);
    for (let id = 256; id < 512; id++) users.delete(`k${id}`);
    expect(recorded.pass()).toEqual(['-a#users~1', 'a#users', 'a#users~3']);
    deepStrictEqual(recorded.values(), { 'a#users': users });
    expect([...(recorded.values()['a#users'] as typeof users).keys()]).toEqual([...users.keys()]);
    users.clear();
    expect(recorded.pass()).toEqual(['-a#users~0', '-a#users~2', '-a#users~3', 'a#users']);
    deepStrictEqual(recorded.values(), { 'a#users': users });
  });

  it('follows arrays from both ends, and objects by their keys', () => {
    const log = Array.from({ length: 1000 }, (_, id) => ({ id }));
    const byId: Record<string, Thing> = Object.fromEntries(fill(1000));
    const recorded = new Recorded({ 'a#log': log, 'a#byId': byId });
    log.shift();
    log.push({ id: 1000 });
    byId['k1']!.id = 7;
    expect(recorded.pass()).toEqual(['a#byId~0', 'a#log~0', 'a#log~3']);
    log.unshift({ id: -1 }, { id: -2 });
    log.splice(600, 1);
    delete byId['k500'];
    expect(recorded.pass()).toEqual(['a#byId~1', 'a#log~0', 'a#log~2']);
    // The keys that are numbers come first.
    byId['5'] = { id: 5 };
    expect(recorded.pass()).toEqual(['a#byId~0']);
    log.reverse();
    recorded.pass();
    deepStrictEqual(recorded.values(), { 'a#log': log, 'a#byId': byId });
    expect(Object.keys(recorded.values()['a#byId'] as object)).toEqual(Object.keys(byId));
  });

  it('cuts what has become large, and puts together what has become small', () => {
    const users = fill(256);
    const object = { users, [Symbol.iterator]: 1 };
    const recorded = new Recorded({ 'a#users': users, 'a#object': object });
    expect(recorded.parts.size).toBe(2);
    users.set('one more', { id: 1 });
    expect(recorded.pass()).toEqual(['a#users', 'a#users~0', 'a#users~1']);
    for (const key of [...users.keys()].slice(0, 200)) users.delete(key);
    expect(recorded.pass()).toEqual(['-a#users~0', '-a#users~1', 'a#users']);
    expect(recorded.pass()).toEqual([]);
    deepStrictEqual(recorded.values()['a#users'], users);
  });

  it('cuts where a few entries have much in them, and puts together what has become little', () => {
    const rooms = new Map<string, { log: Thing[] }>();
    const fillRooms = (log: number): void => {
      for (let id = 0; id < 12; id++) rooms.set(`r${id}`, { log: [...fill(log).values()] });
    };
    fillRooms(2000);
    const recorded = new Recorded({ 'a#rooms': rooms });
    expect(recorded.parts.size).toBeGreaterThan(3);
    expect(recorded.pass()).toEqual([]);
    rooms.get('r0')?.log.push({ id: -1 });
    expect(recorded.pass()).toEqual(['a#rooms~0']);
    deepStrictEqual(recorded.values(), { 'a#rooms': rooms });
    expect([...(recorded.values()['a#rooms'] as typeof rooms).keys()]).toEqual([...rooms.keys()]);
    fillRooms(3);
    recorded.pass();
    recorded.pass();
    expect([...recorded.parts.keys()]).toEqual(['a#rooms']);
    deepStrictEqual(recorded.values(), { 'a#rooms': rooms });
  });

  it('sees a change of each kind', () => {
    const at = new Date(1);
    const bytes = Buffer.from('abc');
    const [map, set, used] = [new Map([['a', 1]]), new Set([1]), /a/g];
    const [array, params, object] = [
      [1, undefined, 3],
      new URLSearchParams('a=1'),
      {} as Record<string, unknown>,
    ];
    const error = new Error('before');
    const recorded = new Recorded({
      'a#all': [[at, bytes, map, set, used, array, params, object, error]],
    });
    const changes: (() => unknown)[] = [
      () => at.setTime(2),
      () => bytes.writeUInt8(0, 1),
      () => map.set('a', -0),
      () => map.set('a', 0),
      () => map.delete('a'),
      () => set.add(2),
      () => (used.lastIndex = 3),
      () => delete array[1],
      () => (array.length = 5),
      () => params.append('b', '2'),
      () => (object['a'] = undefined),
      () => delete object['a'],
      () => (error.message = 'after'),
      () => Object.assign(error, { code: 1 }),
      () => Object.setPrototypeOf(object, null),
    ];
    for (const change of changes) {
      change();
      expect(recorded.pass(), String(change)).toEqual(['a#all']);
      expect(recorded.pass(), String(change)).toEqual([]);
    }
    deepStrictEqual(recorded.values(), {
      'a#all': [[at, bytes, map, set, used, array, params, object, error]],
    });
  });

  it('writes an object where it is still to be found, when the place that had it is gone', () => {
    const shared = { id: 0, deep: { list: [1] } };
    const first = fill(300).set('shared', { id: 1, friend: shared });
    const second = new Map<string, unknown>([
      ['a', shared],
      ['b', shared.deep],
    ]);
    const recorded = new Recorded({ 'a#first': first, 'b#second': second });
    first.delete('shared');
    expect(recorded.pass()).toEqual(['a#first~1', 'b#second']);
    deepStrictEqual(recorded.values(), { 'a#first': first, 'b#second': second });
    shared.deep.list.push(2);
    expect(recorded.pass()).toEqual(['b#second']);
    const back = recorded.values()['b#second'] as typeof second;
    expect((back.get('a') as typeof shared).deep).toBe(back.get('b'));
  });

  it('gives an object an id, when another part comes to refer to it', () => {
    const users = fill(300);
    const rooms = new Map<string, unknown>();
    const recorded = new Recorded({ 'a#users': users, 'b#rooms': rooms });
    rooms.set('main', { owner: users.get('k7') });
    expect(recorded.pass()).toEqual(['a#users~0', 'b#rooms']);
    rooms.set('side', { owner: users.get('k7') });
    expect(recorded.pass()).toEqual(['b#rooms']);
    const back = recorded.values() as {
      'a#users': typeof users;
      'b#rooms': Map<string, { owner: unknown }>;
    };
    expect(back['b#rooms'].get('main')?.owner).toBe(back['a#users'].get('k7'));
    expect(back['b#rooms'].get('side')?.owner).toBe(back['a#users'].get('k7'));
  });

  it('writes what comes to be reached by fields there, and refers to it elsewhere', () => {
    const settings = { theme: 'dark', list: [{ a: 1 }] };
    const app: Record<string, unknown> = { users: new Map([['ada', { settings }]]) };
    const recorded = new Recorded({ 'a#app': app });
    app['settings'] = settings;
    recorded.pass();
    expect(recorded.parts.get('a#app')).toMatch(/"settings":\{"~id"/);
    const back = recorded.values()['a#app'] as typeof app;
    expect((back['users'] as Map<string, { settings: unknown }>).get('ada')?.settings).toBe(
      back['settings'],
    );
    delete app['settings'];
    recorded.pass();
    deepStrictEqual(recorded.values()['a#app'], app);
  });

  it('finds a collection in another part, when fields lead to it from there', () => {
    const users = fill(3);
    const byId: Record<string, unknown> = Object.fromEntries(fill(300));
    const app: Record<string, unknown> = { byId, users };
    const recorded = new Recorded({ 'a#app': app });
    delete app['users'];
    byId['users'] = users;
    expect(recorded.pass()).toEqual(['a#app', 'a#app~1']);
    users.set('more', { id: 3 });
    expect(recorded.pass()).toEqual(['a#app~1']);
    deepStrictEqual(recorded.values(), { 'a#app': app });
  });

  it('can be given up, and loses nothing', () => {
    const users = fillHeavy(1000);
    const recorded = new Recorded({ 'a#users': users });
    for (let steps = 0; steps < 8; steps++) {
      users.get(`k${steps * 80}`)!.id = -steps;
      users.delete(`k${steps * 80 + 1}`);
      const pass = recorded.recorder.pass(recorded.bindings);
      for (let i = 0; i < steps; i++) if (pass.next().done === true) throw new Error('too soon');
      pass.return(undefined as never);
    }
    recorded.pass();
    deepStrictEqual(recorded.values(), { 'a#users': users });
  });

  it('takes what changes between its pieces', () => {
    const users = fillHeavy(2000);
    const list = [...users.values()];
    const recorded = new Recorded({ 'a#users': users, 'a#list': list });
    for (let seed = 0; seed < 12; seed++) {
      let step = 0;
      const pass = recorded.recorder.pass(recorded.bindings);
      for (let piece = pass.next(); ; piece = pass.next()) {
        if (piece.done === true) {
          for (const [name, text] of piece.value.put) recorded.parts.set(name, text);
          for (const name of piece.value.drop) recorded.parts.delete(name);
          break;
        }
        const id = (seed * 997 + step++ * 131) % 2000;
        const user = users.get(`k${id}`);
        if (step % 3 === 0) users.delete(`k${id}`);
        else if (step % 3 === 1) users.set(`n${seed}/${step}`, { id, friend: list[id] });
        else if (user) user.friend = list[(id * 7) % list.length];
        if (step % 5 === 0) list.splice(id % list.length, 2, { id: -1 });
      }
      // Each can be read, whatever it is of; what has gone meanwhile is not there.
      const back = recorded.values()['a#users'] as typeof users;
      expect([...back.values()]).not.toContain(undefined);
    }
    recorded.pass();
    deepStrictEqual(recorded.values(), { 'a#users': users, 'a#list': list });
  });

  it('looks at a binding that is not given, where that has to define something now', () => {
    const shared = { users: fill(300) };
    const first: Record<string, unknown> = { shared };
    const recorded = new Recorded({ 'a#first': first, 'b#second': { shared } });
    delete first['shared'];
    recorded.pass([recorded.bindings[0]!]);
    deepStrictEqual(recorded.values(), { 'a#first': {}, 'b#second': { shared } });
  });

  it('does not look at bindings that are not given, and forgets those that it is told to', () => {
    const shared = { id: 1 };
    const values = {
      'a#a': new Map<unknown, unknown>([[1, shared]]),
      'b#b': [shared],
      'c#c': fill(300),
    };
    const recorded = new Recorded(values);
    const [, b, c] = recorded.bindings;
    values['a#a'].set(2, 2);
    expect(recorded.pass([b!, c!])).toEqual([]);
    recorded.recorder.forget('a#a');
    recorded.recorder.forget('c#c');
    expect(recorded.pass([b!, c!])).toEqual(['-a#a', 'b#b', 'c#c', 'c#c~0', 'c#c~1']);
    deepStrictEqual(recorded.values(), { 'b#b': [shared], 'c#c': values['c#c'] });
  });
});

describe('note and changed', () => {
  it('tell of a binding whether it differs, and leave its texts to the next pass', () => {
    const values = { 'a#users': fill(300), 'b#list': [{ at: new Date(0) }] };
    const recorded = new Recorded({});
    const [users, list] = new Recorded(values).bindings;
    const { recorder } = recorded;
    expect(recorder.changed(users!)).toBe(true);
    recorder.note(users!);
    recorder.note(list!);
    expect([recorder.changed(users!), recorder.changed(list!)]).toEqual([false, false]);
    values['b#list'][0]?.at.setTime(1);
    expect([recorder.changed(users!), recorder.changed(list!)]).toEqual([false, true]);
    values['a#users'].delete('k299');
    expect(recorder.changed(users!)).toBe(true);
    recorder.note(users!);
    expect(recorder.changed(users!)).toBe(false);
    expect(recorded.pass([users!, list!])).toEqual(['a#users', 'a#users~0', 'a#users~1', 'b#list']);
    deepStrictEqual(recorded.values(), values);
  });
});

describe('20,000 levels', () => {
  const LEVELS = 20_000;

  it.each<[string, (inner: unknown) => unknown, (outer: never) => unknown]>([
    ['arrays', (inner) => [inner], (outer: unknown[]) => outer[0]],
    ['objects', (inner) => ({ inner }), (outer: { inner: unknown }) => outer.inner],
    ['Maps', (inner) => new Map([['in', inner]]), (outer: Map<string, unknown>) => outer.get('in')],
    ['keys', (inner) => new Map([[inner, 1]]), (outer: Map<unknown, 1>) => [...outer.keys()][0]],
    ['Sets', (inner) => new Set([inner]), (outer: Set<unknown>) => [...outer][0]],
    [
      'causes',
      (cause) => Object.assign(new Error('it', { cause }), { stack: '' }),
      ({ cause }: Error) => cause,
    ],
  ])('of %s do not overflow', (_, wrap, unwrap) => {
    let value: unknown = 'inside';
    for (let i = 0; i < LEVELS; i++) value = wrap(value);
    const values = { 'a#it': value, 'a#entry': new Map([['it', value]]) };
    const recorded = new Recorded(values);
    expect(recorded.pass()).toEqual([]);
    const back = recorded.values() as typeof values;
    expect(back['a#entry'].get('it')).toBe(back['a#it']);
    let levels = 0;
    for (let at = back['a#it']; at !== 'inside'; at = unwrap(at as never)) levels++;
    expect(levels).toBe(LEVELS);
  });
});

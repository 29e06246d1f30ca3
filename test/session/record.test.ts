import { describe, expect, it } from 'vitest';
import { fromRecord, toJson, toRecord } from '../../src/session/record.ts';

describe('toJson', () => {
  it('takes the data at the moment of the call', () => {
    const data = { cart: ['tea'] };
    const json = toJson(data);
    data.cart.push('milk');
    expect(json).toBe('{"cart":["tea"]}');
  });

  it('takes what toJSON gives, as the in-memory stores do', () => {
    expect(toJson({ toJSON: () => ({ user: 1 }) })).toBe('{"user":1}');
    expect(toJson({ at: new Date(0), nothing: undefined })).toBe(
      '{"at":"1970-01-01T00:00:00.000Z"}',
    );
  });

  const circle: { self?: unknown } = {};
  circle.self = circle;
  it.each([
    ['a BigInt', { amount: 1n }],
    ['a circle', circle],
    [
      'a getter that throws',
      {
        get user(): string {
          throw new Error('no');
        },
      },
    ],
  ])('refuses %s in one sentence, with the cause', (_, data) => {
    let error: unknown;
    try {
      toJson(data);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      message: expect.stringContaining('cannot be written as JSON') as string,
      cause: expect.any(Error) as Error,
    });
  });

  it.each([
    ['an array', []],
    ['a function', () => 1],
    ['null from toJSON', { toJSON: () => null }],
    ['a text from toJSON', { toJSON: () => '{' }],
    ['nothing from toJSON', { toJSON: () => undefined }],
  ])('refuses %s, which is not an object', (_, data) => {
    expect(() => toJson(data)).toThrow('not an object');
  });
});

describe('fromRecord', () => {
  it('leaves out __proto__ wherever it stands, and keeps the rest', () => {
    const json =
      '{"__proto__":{"isAdmin":true},"user":{"__proto__":{"isAdmin":true},"name":"Ada"},"list":[{"__proto__":1}]}';
    const record = fromRecord(toRecord(json, 1));
    expect(Object.getOwnPropertyNames(record?.data)).toEqual(['user', 'list']);
    expect(JSON.stringify(record?.data)).toBe('{"user":{"name":"Ada"},"list":[{}]}');
    const copy = Object.assign({}, record?.data) as { isAdmin?: boolean; user: object };
    expect(copy.isAdmin).toBeUndefined();
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(copy.user)).toBe(Object.prototype);
  });

  it('leaves out an escaped __proto__ too', () => {
    const record = fromRecord(toRecord(String.raw`{"\u005f_proto__":{"isAdmin":true},"a":1}`, 1));
    expect(Object.getOwnPropertyNames(record?.data)).toEqual(['a']);
  });

  it.each([
    '',
    'null',
    '1',
    '[]',
    '{}',
    'not JSON',
    '{"v":1,"created":1,"data":{',
    '{"v":1,"created":1}',
    '{"v":1,"created":1,"data":null}',
    '{"v":1,"created":1,"data":"text"}',
    '{"v":1,"created":"1","data":{}}',
    '{"v":2,"created":1,"data":{}}',
    '{"v":"1","created":1,"data":{}}',
  ])('makes nothing of %j', (text) => {
    expect(fromRecord(text)).toBeUndefined();
  });
});

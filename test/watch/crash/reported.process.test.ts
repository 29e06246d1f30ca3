import { describe, expect, it } from 'vitest';
import { run } from './crashing.ts';

describe('an error that nobody has caught', () => {
  it('is told with its name, message, code and stack, and its causes', async () => {
    const { reported, exit } = await run({
      'app.js': `function boom() {
        const cause = new RangeError('the root', { cause: 'a string' });
        throw Object.assign(new TypeError('a mistake', { cause }), { code: 'E_MINE' });
      }
      boom();`,
    });
    expect(exit).toEqual({ code: 1, signal: null });
    expect(reported).toMatchObject({ name: 'TypeError', message: 'a mistake', code: 'E_MINE' });
    expect(reported?.stack).toMatch(/^ {4}at boom \(file:.*app\.js:3:/);
    expect(reported?.isHandled).toBe(false);
    expect(reported?.causes).toMatchObject([
      { name: 'RangeError', message: 'the root' },
      { name: 'Uncaught', message: 'a string' },
    ]);
  });

  it.each([
    ['a rejected promise at the top level', "await Promise.reject(new Error('rejected'));"],
    [
      'a promise that nobody handles',
      "Promise.reject(new Error('rejected')); setInterval(() => {}, 99);",
    ],
    ['one that is thrown later', "setTimeout(() => { throw new Error('rejected'); }, 1);"],
  ])('may be %s', async (_, source) => {
    const { reported, exit } = await run({ 'app.js': source });
    expect(reported).toMatchObject({ name: 'Error', message: 'rejected' });
    expect(reported?.stack).toContain('app.js:1:');
    expect(exit.code).toBe(1);
  });

  it.each([
    ["'a text'", 'a text'],
    ['{ reason: 7 }', '{ reason: 7 }'],
    ['undefined', 'undefined'],
    ['null', 'null'],
    [
      '{ [Symbol.for("nodejs.util.inspect.custom")]() { throw 1; } }',
      'a value that cannot be shown',
    ],
  ])('may be no error: %s', async (value, message) => {
    const { reported } = await run({ 'app.js': `setTimeout(() => { throw ${value}; });` });
    expect(reported).toMatchObject({ name: 'Uncaught', message, stack: '', causes: [] });
  });

  it.each([
    [
      'getters that throw',
      `const error = new Error('shown');
      for (const key of ['stack', 'cause', 'code', 'name']) Object.defineProperty(error, key, { get() { throw new Error(key); } });
      setTimeout(() => { throw error; });`,
      'shown',
    ],
    [
      'a proxy that is revoked',
      `const { proxy, revoke } = Proxy.revocable(new Error('gone'), {});
      revoke();
      throw proxy;`,
      undefined,
    ],
    [
      'a stack that is no text',
      `Error.prepareStackTrace = (_, sites) => sites; throw new Error('shown');`,
      'shown',
    ],
    [
      'causes that go round',
      `const error = new Error('shown'); error.cause = error; throw error;`,
      'shown',
    ],
  ])('may have %s', async (_, source, message) => {
    const { reported } = await run({ 'app.js': source });
    if (message) expect(reported?.message).toBe(message);
    expect(reported?.causes).toEqual([]);
  });

  it('is bounded, and keeps its frames behind a message of any length', async () => {
    const { reported } = await run({
      'app.js': `const error = new Error('x\\n    at fake (/etc/passwd:1:1)\\n'.repeat(20_000));
      error.errors = Array.from({ length: 20 }, (_, i) => new Error('y'.repeat(1e5) + i));
      throw error;`,
    });
    expect(JSON.stringify(reported).length).toBeLessThan(25_000);
    expect(reported?.stack).toMatch(/^ {4}at file:.*app\.js:1:15/);
    expect(reported?.stack).not.toContain('passwd');
    expect(reported?.causes).toHaveLength(4);
  });

  it('is printed and ends the process as if nobody had listened', async () => {
    const files = {
      'app.js': "process.on('exit', (c) => console.error('exit', c)); throw new Error('plain');",
    };
    const [heard, unheard] = [await run(files), await run(files, { isReporting: false })];
    const plain = (end: typeof heard): string => end.stderr.replaceAll(end.folder, '');
    expect(plain(heard)).toBe(plain(unheard));
    expect(heard.exit).toEqual(unheard.exit);
  });

  it('leaves an app that handles it running, and says so', async () => {
    const { reported, exit } = await run({
      'app.js': `process.on('uncaughtException', () => {}); setTimeout(() => process.exit(7), 50); throw new Error('handled');`,
    });
    expect(reported).toMatchObject({ message: 'handled', isHandled: true });
    expect(exit.code).toBe(7);
  });

  it('arrives each time', async () => {
    const runs = Array.from({ length: 6 }, () =>
      run({ 'app.js': "throw new Error('z'.repeat(100_000));" }),
    );
    for (const { reported } of await Promise.all(runs)) expect(reported?.message).toMatch(/^z+…$/);
  });
});

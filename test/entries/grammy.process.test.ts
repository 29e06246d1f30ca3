import { Bot, session, type Context, type SessionFlavor } from 'grammy';
import { describe, expect, it } from 'vitest';
import { listSessions } from '../../src/care/sessions.ts';
import { createStorage } from '../../src/grammy.ts';
import { createSessionStore } from '../../src/index.ts';
import { PLACES } from './places.ts';

const YEAR = 365 * 24 * 60 * 60 * 1000;

interface Order {
  pizzas: number;
}

describe.each(PLACES)('the storage of grammY over $name', ({ create }) => {
  it('keeps any value, lists them, and has them until they are deleted', async () => {
    const options = await create();
    await createSessionStore(options).set('a login', { user: 'ada' });
    const values = { '7': { pizzas: 2 }, '-100:8': [1, null], text: 'a text', no: false, zero: 0 };
    const storage = createStorage<unknown>(options);
    for (const [key, value] of Object.entries(values)) await storage.write(key, value);
    for (const [key, value] of Object.entries(values)) {
      expect(await storage.read(key)).toEqual(value);
      expect(await storage.has(key)).toBe(true);
    }
    const listed = { keys: [] as string[], values: [] as unknown[], entries: [] as unknown[] };
    for await (const key of storage.readAllKeys()) listed.keys.push(key);
    for await (const value of storage.readAllValues()) listed.values.push(value);
    for await (const entry of storage.readAllEntries()) listed.entries.push(entry);
    expect(listed.keys.sort()).toEqual(Object.keys(values).sort());
    expect(listed.values).toHaveLength(5);
    expect(Object.fromEntries(listed.entries as [string, unknown][])).toEqual(values);

    const stored = createSessionStore({ ...options, namespace: 'grammy' });
    for await (const { expires } of stored.all()) {
      expect(expires).toBeGreaterThan(Date.now() + 50 * YEAR);
    }
    for await (const { expires } of listSessions({ ...options, namespaces: ['grammy'] })) {
      expect(expires).toBe(Infinity);
    }
    for (const round of ['first', 'second']) {
      await storage.write('7', round);
      await storage.delete('7');
      expect(await storage.has('7')).toBe(false);
      expect(await storage.read('7')).toBeUndefined();
    }
    const brief = createStorage<Order>({ ...options, namespace: 'brief', lifetime: '1d' });
    await brief.write('7', { pizzas: 1 });
    for await (const { expires } of createSessionStore({ ...options, namespace: 'brief' }).all()) {
      expect(expires).toBeLessThan(Date.now() + YEAR);
    }
  });
});

const BOT = { id: 1, is_bot: true, first_name: 'Pizza', username: 'pizza_bot' } as const;
const FROM = { id: 7, is_bot: false, first_name: 'Ada' };
const CHAT = { id: 7, type: 'private', first_name: 'Ada' } as const;
const MESSAGE = { message_id: 1, date: 1, text: 'one more', from: FROM, chat: CHAT };

it('is what grammY takes, with no cast', async () => {
  const bot = new Bot<Context & SessionFlavor<Order>>('1:token', {
    botInfo: BOT as unknown as NonNullable<ConstructorParameters<typeof Bot>[1]>['botInfo'],
  });
  const storage = createStorage<Order>({ type: 'memory' });
  bot.use(session({ initial: () => ({ pizzas: 0 }), storage }));
  const seen: number[] = [];
  bot.on('message', (ctx) => void seen.push((ctx.session.pizzas += 1)));
  for (let count = 0; count < 2; count++) {
    await bot.handleUpdate({ update_id: 1, message: MESSAGE });
  }
  expect(seen).toEqual([1, 2]);
});

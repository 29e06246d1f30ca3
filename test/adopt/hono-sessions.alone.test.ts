import { MemoryStore } from 'hono-sessions';
import { beforeAll, describe, expect, it } from 'vitest';
import { adoptMemoryStore } from '../../src/adopt/hono/hono-sessions.ts';
import { adoptedStores } from '../../src/adopt/adopted.ts';
import { openSessions } from '../../src/adopt/open-sessions.ts';
import { createSessionStore } from '../../src/index.ts';
import { poll } from '../support/poll.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** What the middleware of hono-sessions calls. */
interface Verbs {
  getSessionById(id: string): Promise<object | null>;
  createSession(id: string, data: object): Promise<void>;
  persistSessionData(id: string, data: object): Promise<void>;
  deleteSession(id: string): Promise<void>;
}

/** A session as the middleware makes it. */
function toSession(user: string, expire: string | null = null): object {
  const data = { user: { value: user, flash: false } };
  return { _data: data, _expire: expire, _delete: false, _accessed: null, _id: 'an id' };
}

describe('the MemoryStore of hono-sessions', () => {
  let directory: string;
  let namespace: string;

  beforeAll(() => adoptMemoryStore(MemoryStore, 'the tests'));

  function createStore(): Verbs {
    directory = createTempFolder();
    adoptedStores.openWith((given) => {
      namespace = given;
      return openSessions({ directory, namespace });
    });
    return new MemoryStore() as unknown as Verbs;
  }

  it('is left wholly alone under a class with a method of its own', async () => {
    createStore();
    const kept = new Map<string, object>();
    class Own extends (MemoryStore as unknown as new () => Verbs) {
      override async persistSessionData(id: string, data: object): Promise<void> {
        kept.set(id, data);
        await super.persistSessionData(id, data);
      }
    }
    const store = new Own();
    await store.createSession('an id', toSession('nobody'));
    await store.persistSessionData('an id', toSession('ada'));
    expect(await store.getSessionById('an id')).toEqual(kept.get('an id'));
    expect(await createSessionStore({ directory, namespace }).length()).toBe(0);
  });

  it('has nothing under an unknown id', async () => {
    expect(await createStore().getSessionById('unknown')).toBeNull();
  });

  it('gives back what was created and persisted, also to the next process', async () => {
    const store = createStore();
    await store.createSession('an id', toSession('nobody'));
    await store.persistSessionData('an id', toSession('ada'));
    expect(await store.getSessionById('an id')).toEqual(toSession('ada'));
    const next = createSessionStore({ directory, namespace });
    expect((await next.get('an id'))?.data).toEqual(toSession('ada'));
  });

  it('forgets a session when it expires', async () => {
    const store = createStore();
    const expire = new Date(Date.now() + 3000).toISOString();
    await store.persistSessionData('an id', toSession('ada', expire));
    expect(await store.getSessionById('an id')).toEqual(toSession('ada', expire));
    await poll(async () => (await store.getSessionById('an id')) === null);
  });

  it('refuses what a slow request saves after the end of its session', async () => {
    const store = createStore();
    await store.createSession('an id', toSession('ada'));
    await store.deleteSession('an id');
    await store.persistSessionData('an id', toSession('ada'));
    expect(await store.getSessionById('an id')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import {
  countAllClients,
  countAllSessions,
  countSessions,
} from '../../src/storage/survey/count.ts';
import { DirectoryStorage } from '../../src/storage/directory/storage.ts';
import { openSessions } from '../../src/adopt/open-sessions.ts';
import { resolveOptions } from '../../src/options.ts';
import { openDirectoryKey } from '../../src/storage/keys/key.ts';
import { poll } from '../support/poll.ts';
import { openDirectory } from '../support/session-directory.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const HOUR = 60 * 60 * 1000;
const LIMIT = 10_000;

describe('counting sessions by their files', () => {
  it('misses none while they are put in their places', async () => {
    const { directory, files } = openDirectory();
    const storage = new DirectoryStorage(files, 'default');
    const options = { directory, fingerprint: files.fingerprint, limit: LIMIT };
    for (let round = 1; round <= 20; round++) {
      await Promise.all([
        storage.set(`a ${round}`, 'text', HOUR),
        storage.set(`b ${round}`, 'text', HOUR),
      ]);
      const state = { isSettled: false };
      const settled = files.settled().then(() => (state.isSettled = true));
      const counts = new Set<number>();
      while (!state.isSettled) counts.add((await countSessions(options)).count);
      await settled;
      expect([...counts]).toEqual([2 * round]);
    }
  });

  it('counts those of the namespaces that it is given, and of all without', async () => {
    const { directory, files } = openDirectory();
    for (const namespace of ['one', 'two'])
      await new DirectoryStorage(files, namespace).set('key', 'text', HOUR);
    const options = { directory, fingerprint: files.fingerprint, limit: LIMIT };
    expect(await countSessions({ ...options, namespaces: ['one'] })).toEqual({
      count: 1,
      isMore: false,
    });
    expect(await countSessions(options)).toEqual({ count: 2, isMore: false });
  });

  it('counts no tokens and clients of oidc-provider', async () => {
    const options = resolveOptions({ directory: createTempFolder() });
    for (const name of [
      'oidc-provider-x',
      'oidc-tokens-x',
      'shop__oidc-tokens-x__2',
      'oidc-tokens',
    ])
      await openSessions({ directory: options.directory, namespace: name }).set('id', {});
    expect(await countAllSessions(options, LIMIT)).toEqual({ count: 1, isMore: false });
  });

  it('counts MCP clients by themselves, and those that were there before', async () => {
    const options = resolveOptions({ directory: createTempFolder() });
    expect(await countAllClients(options, LIMIT)).toEqual({ count: 0, isMore: false });
    const namespaces = ['mcp-clients', 'shop__mcp-clients', 'mcp-clients__express-connect_2esid'];
    const stores = namespaces.map((namespace) =>
      openSessions({ directory: options.directory, namespace }),
    );
    for (const store of stores) await store.set('old', {});
    expect(await countAllClients(options, LIMIT)).toEqual({ count: 2, isMore: false });
    expect(await countAllSessions(options, LIMIT)).toEqual({ count: 1, isMore: false });
    const before = Date.now() + 1;
    await poll(() => Date.now() > before);
    await stores[0]?.set('new', {});
    const { directory } = options;
    const { fingerprint } = openDirectoryKey(options);
    const counted = { directory, fingerprint, namespaces, limit: LIMIT };
    expect((await countSessions(counted)).count).toBe(4);
    expect((await countSessions({ ...counted, before })).count).toBe(3);
    expect((await countSessions({ ...counted, since: before })).count).toBe(1);
  });

  it('counts neither the expired nor the destroyed, and no more than it may look at', async () => {
    const { directory, files } = openDirectory();
    const storage = new DirectoryStorage(files, 'default');
    for (const key of ['a', 'b', 'c']) await storage.set(key, 'text', HOUR);
    await files.settled();
    await storage.retire('a', HOUR); // staged, over one that is in its place
    const options = { directory, fingerprint: files.fingerprint, limit: LIMIT };
    expect((await countSessions(options)).count).toBe(2);
    expect((await countSessions({ ...options, limit: 1 })).isMore).toBe(true);
  });
});

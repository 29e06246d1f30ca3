import { describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/index.ts';
import { resolveOptions } from '../../src/options.ts';
import { countAllClients, countAllSessions, MAX_COUNTED } from '../../src/storage/survey/count.ts';
import { poll } from '../support/poll.ts';
import { createTempFolder } from '../support/temp-folder.ts';

describe('counting sessions by their files', () => {
  it('counts no tokens and clients of oidc-provider', async () => {
    const options = resolveOptions({ directory: createTempFolder() });
    for (const name of [
      'oidc-provider-x',
      'oidc-tokens-x',
      'shop__oidc-tokens-x__2',
      'oidc-tokens',
    ])
      await createSessionStore({ directory: options.directory, namespace: name }).set('id', {});
    expect(await countAllSessions(options)).toEqual({ count: 1, isMore: false, logins: 0 });
  });

  it('counts MCP clients by themselves, and those that were there before', async () => {
    const options = resolveOptions({ directory: createTempFolder() });
    expect(await countAllClients(options)).toEqual({ count: 0, isMore: false });
    const namespaces = ['mcp-clients', 'shop__mcp-clients', 'mcp-clients__express-connect_2esid'];
    const stores = namespaces.map((namespace) =>
      createSessionStore({ directory: options.directory, namespace }),
    );
    for (const store of stores) await store.set('old', {});
    expect(await countAllClients(options)).toEqual({ count: 2, isMore: false });
    expect(await countAllSessions(options)).toEqual({ count: 1, isMore: false, logins: 0 });
  });

  it('counts neither the expired nor the destroyed, and no more than it may look at', async () => {
    const options = resolveOptions({ directory: createTempFolder() });
    const store = createSessionStore({ directory: options.directory });
    for (const id of ['a', 'b', 'c']) await store.set(id, {});
    await store.destroy('a');
    await store.set('b', {}, 1);
    await poll(async () => (await store.get('b')) === undefined);
    expect(await countAllSessions(options)).toEqual({ count: 1, isMore: false, logins: 0 });
    for (let n = 0; n < MAX_COUNTED; n++) await store.set(`${n}`, {});
    expect((await countAllSessions(options)).isMore).toBe(true);
  });
});

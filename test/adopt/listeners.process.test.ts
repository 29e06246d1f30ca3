import { expect, it } from 'vitest';
import { Sessions } from '../../src/session/sessions.ts';
import { SessionStore } from '../../src/session/store.ts';
import { createApp } from '../support/app.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { runScript } from '../support/script.ts';

const ODD_IDS = [String.raw`\ud800`, String.raw`\udfff x`, '', '%', '%ZZ', '__proto__', ';'];

it('destroys a session whatever its id is, in development too', async () => {
  const app = await createApp();
  app.write('package.json', '{ "name": "project", "type": "module" }');
  app.write(
    'app.js',
    `import { createServer } from 'node:http';
     import { createSessionStore } from 'holdover';
     const store = createSessionStore();
     const ids = [${ODD_IDS.map((id) => `"${id}"`).join(', ')}];
     const left = [];
     const server = createServer(async (_, response) => {
       for (const id of ids) {
         await store.set(id, { user: 'ada' });
         await store.destroy(id).catch((error) => left.push(error.message));
         if (await store.get(id)) left.push(JSON.stringify(id));
       }
       response.end();
     }).listen(0, async () => {
       await fetch('http://localhost:' + server.address().port, { headers: { cookie: 'a=b' } });
       server.close();
       console.log(JSON.stringify(left));
     });`,
  );
  expect((await runScript(app, ['app.js'])).stdout).toBe('[]\n');
});

it('carries out every call when a listener fails', async () => {
  const fail = (): never => {
    throw new Error('a listener that fails');
  };
  const listener = { stored: fail, destroyed: fail, missed: fail, cleared: fail };
  const store = new SessionStore(
    new Sessions(new MemoryStorage('default', new Map()), 60_000, listener),
  );
  expect(await store.set('a', { user: 'ada' })).toBe(true);
  await store.touch('a', 90_000);
  expect((await store.get('a'))?.data).toEqual({ user: 'ada' });
  await store.destroy('a');
  expect(await store.get('a')).toBeUndefined();
  await store.set('b', {});
  await store.clear();
  expect(await store.length()).toBe(0);
});

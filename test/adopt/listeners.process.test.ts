import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
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

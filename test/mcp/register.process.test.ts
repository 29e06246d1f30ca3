import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { runScript } from '../support/script.ts';

const register = createRequire(import.meta.url).resolve('holdover/register');

/** A client begins a session. */
const APP = `
import { createServer } from 'node:http';

const answer = '{ "jsonrpc": "2.0", "id": 0, "result": {} }';
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'mcp-session-id': 'a' }).end(answer));
});
server.listen(0, '127.0.0.1', async () => {
  await fetch('http://127.0.0.1:' + server.address().port, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    body: '{ "jsonrpc": "2.0", "id": 0, "method": "initialize" }',
  });
  server.closeAllConnections();
  server.close();
});
`;

it('keeps sessions in development only, and not where memory stores are left alone', async () => {
  const isKept = async (env: NodeJS.ProcessEnv): Promise<boolean> => {
    const app = await createApp();
    app.write('package.json', '{ "name": "app" }');
    app.write('app.mjs', APP);
    await runScript(app, ['--import', register, 'app.mjs'], env);
    return existsSync(join(app.folder, '.holdover', 'sessions'));
  };
  const all = await Promise.all([
    isKept({ NODE_ENV: 'development' }),
    isKept({ NODE_ENV: 'production' }),
    isKept({ NODE_ENV: 'test' }),
    isKept({ NODE_ENV: 'development', SESSION_TYPE: 'memory' }),
  ]);
  expect(all).toEqual([true, false, false, false]);
});

import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { runScript } from '../support/script.ts';

const register = createRequire(import.meta.url).resolve('holdover/register');

/** Prints whether its server has an `emit` of its own before a request of MCP, and before another one. */
const APP = `
import { subscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';

const server = createServer((request, response) => response.end());
const seen = [];
subscribe('http.server.request.start', () => seen.push(Object.hasOwn(server, 'emit')));
server.listen(0, '127.0.0.1', async () => {
  const url = 'http://127.0.0.1:' + server.address().port;
  await fetch(url, { headers: { 'mcp-session-id': 'a' } });
  await fetch(url, { headers: { accept: 'text/event-stream' } });
  server.closeAllConnections();
  server.close();
  console.log(JSON.stringify(seen));
});
`;

describe('register', () => {
  it('looks for requests of MCP in development only, and for no other', async () => {
    const app = await createApp();
    app.write('app.mjs', APP);
    const seen = async (env: NodeJS.ProcessEnv): Promise<unknown> => {
      const { stdout } = await runScript(app, ['--import', register, 'app.mjs'], env);
      return JSON.parse(
        stdout.split('\n').findLast((line) => line.startsWith('[t') || line.startsWith('[f')) ?? '',
      );
    };
    const all = await Promise.all([
      seen({ NODE_ENV: 'development' }),
      seen({ NODE_ENV: 'production' }),
      seen({ NODE_ENV: 'test' }),
      seen({ NODE_ENV: 'development', SESSION_TYPE: 'memory' }),
    ]);
    const off = [false, false];
    expect(all).toEqual([[true, false], off, off, off]);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { runScript } from '../support/script.ts';

const register = createRequire(import.meta.url).resolve('holdover/register');

/** A client begins a session, or posts JSON as a browser does. */
const APP = `
import { createServer } from 'node:http';

const answer = '{ "jsonrpc": "2.0", "id": 0, "result": {} }';
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'mcp-session-id': 'a' }).end(answer));
});
server.listen(0, '127.0.0.1', async () => {
  await fetch('http://127.0.0.1:' + server.address().port, {
    method: 'POST',
    headers: { accept: process.env.ACCEPT, 'content-type': 'application/json' },
    body: '{ "jsonrpc": "2.0", "id": 0, "method": "initialize" }',
  });
  server.closeAllConnections();
  server.close();
});
`;

it('keeps sessions in development only, and not where memory stores are left alone', async () => {
  const all = await Promise.all([
    runApp({ NODE_ENV: 'development' }),
    runApp({ NODE_ENV: 'production' }),
    runApp({ NODE_ENV: 'test' }),
    runApp({ NODE_ENV: 'development', SESSION_TYPE: 'memory' }),
  ]);
  expect(all.map(({ isKept }) => isKept)).toEqual([true, false, false, false]);
});

it('loads nothing of MCP for an app that speaks none', async () => {
  const { hasLoaded } = await runApp({ NODE_ENV: 'development' });
  expect(hasLoaded).toBe(true);
  const other = await runApp({ NODE_ENV: 'development', ACCEPT: 'application/json' });
  expect(other).toEqual({ isKept: false, hasLoaded: false });
});

async function runApp(env: NodeJS.ProcessEnv): Promise<{ isKept: boolean; hasLoaded: boolean }> {
  const app = await createApp();
  const coverage = join(app.folder, 'coverage'); // names each file that was loaded
  app.write('package.json', '{ "name": "app" }');
  app.write('app.mjs', APP);
  await runScript(app, ['--import', register, 'app.mjs'], {
    ACCEPT: 'application/json, text/event-stream',
    NODE_V8_COVERAGE: coverage,
    ...env,
  });
  const loaded = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
  expect(loaded.join('\n')).toContain('/dist/chunks/core.js');
  return {
    isKept: existsSync(join(app.folder, '.holdover', 'sessions')),
    hasLoaded: loaded.join('\n').includes('/dist/chunks/mcp.js'),
  };
}

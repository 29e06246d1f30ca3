import { describe, expect, it } from 'vitest';
import { createApp } from '../../support/app.ts';
import { linkPackage } from '../../support/packages.ts';
import { runInStandby } from './standby.ts';

const USE = `
const app = express();
app.use(session({ secret: 'of the tests', resave: false, saveUninitialized: true }));
app.get('/', (request, response) => {
  request.session.count = (request.session.count ?? 0) + 1;
  response.json({ count: request.session.count });
});
const server = app.listen(0, async () => {
  const url = 'http://localhost:' + server.address().port;
  const first = await fetch(url);
  const [cookie] = first.headers.getSetCookie()[0].split(';');
  console.log(await first.text(), await (await fetch(url, { headers: { cookie } })).text());
  console.log(session.MemoryStore.prototype.get.toString().length);
  server.close();
  server.closeAllConnections();
});
`;
const CJS = `const express = require('express'); const session = require('express-session');${USE}`;
const ESM = `import express from 'express'; import session from 'express-session';${USE}`;

describe('express and express-session', () => {
  it.each([
    ['CommonJS', 'app.cjs', CJS, []],
    ['an ES module', 'app.mjs', ESM, []],
    ['TypeScript', 'app.ts', ESM, ['--import', 'tsx']],
  ])('come from the shelf for %s', async (_name, entry, text, flags) => {
    const app = await createApp();
    app.write('package.json', '{"type":"module"}');
    app.write(entry, text);
    const { cold, warm, taken, offender } = await runInStandby(app, { entry, flags });
    expect(offender).toBeUndefined();
    expect(taken).toContain('express/lib/express.js');
    expect(taken).toContain('body-parser/index.js');
    expect(warm).toBe(cold);
    expect(warm).toContain('{"count":1} {"count":2}');
  });

  it('leave the same cache behind as in a cold start, in the same order', async () => {
    const app = await createApp();
    app.write(
      'app.cjs',
      `require('express'); require('express-session');
      for (const { id, children, parent, loaded } of Object.values(require.cache)) {
        console.log(id, loaded, parent?.id, children.map((child) => child.id));
      }`,
    );
    const { cold, warm, taken } = await runInStandby(app);
    expect(taken.length).toBeGreaterThan(100);
    expect(warm).toBe(cold);
  });

  it('are adopted once when they come from the shelf', async () => {
    const app = await createApp();
    app.write(
      'app.mjs',
      `import session from 'express-session'; import express from 'express';${USE}`,
    );
    const flags = ['--import', 'holdover/register'];
    const env = { SESSION_FILE_DIR: `${app.folder}/sessions` };
    const { cold, warm, taken } = await runInStandby(app, { entry: 'app.mjs', flags, env });
    expect(taken).toContain('express-session/index.js');
    const report = /\[holdover\].*\n/g; // there are more sessions each time
    expect(warm.replace(report, '')).toBe(cold.replace(report, ''));
    expect(warm).toContain('{"count":1} {"count":2}');
  });
});

describe('dotenv', () => {
  const READS = `console.log(process.env.DEBUG, require('debug').enabled('app'), require('debug')('app').enabled);`;

  it('goes before the packages, as in the recorded run', async () => {
    const app = await createApp();
    linkPackage(app, 'dotenv');
    linkPackage(app, 'debug');
    app.write('.env', 'DEBUG=app');
    app.write('app.cjs', `require('dotenv').config({ quiet: true }); ${READS}`);
    const { cold, warm } = await runInStandby(app);
    expect(warm).toBe(cold);
    expect(warm).toContain('app true true');
  });

  it('is added by the new code: packages that read the environment are evaluated as ever', async () => {
    const app = await createApp();
    linkPackage(app, 'dotenv');
    linkPackage(app, 'debug');
    app.write('.env', 'DEBUG=app');
    app.write('app.cjs', READS);
    const { cold, warm, taken } = await runInStandby(app, {
      change: ({ write }) =>
        write('app.cjs', `require('dotenv').config({ quiet: true }); ${READS}`),
    });
    expect(taken).not.toContain('debug/src/node.js');
    expect(warm).toBe(cold);
    expect(warm).toContain('app true true');
  });
});

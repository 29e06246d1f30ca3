import { describe, expect, it } from 'vitest';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';

const toApp = (options: string): string => `
  import express from 'express';
  import session from 'express-session';
  import './version.js';
  class OwnStore extends session.Store {
    sessions = new Map();
    get(id, callback) { callback(null, this.sessions.get(id)); }
    set(id, data, callback) { this.sessions.set(id, data); callback(); }
    destroy(id, callback) { this.sessions.delete(id); callback(); }
  }
  const app = express();
  ${options && `app.use(session({ secret: 's', resave: false, saveUninitialized: false, ${options} }));`}
  app.get('/', (request, response) => response.json({ pid: process.pid }));
  app.post('/login', (request, response) => {
    if (request.session) request.session.user = 'ada';
    response.json({ user: 'ada' });
  });
  const server = app.listen(process.env.PORT, () => console.log('listening on ' + server.address().port));`;

const MISTAKE = "export const version = 2;\nthrow new Error('a mistake');\n";

async function startApp(options: string): Promise<Rig> {
  const files = { 'server.js': toApp(options), 'version.js': 'export const version = 1;\n' };
  const rig = await Rig.start({ files });
  await rig.listens();
  expect(await rig.browser.json('/login', { method: 'POST' })).toEqual({ user: 'ada' });
  return rig;
}

/** What the crash page says, in each of its forms. */
async function readPages({ browser }: Rig): Promise<string> {
  const forms = ['text/html', 'text/plain', 'application/json'].map((accept) =>
    browser.text('/', { headers: { accept } }),
  );
  return (await Promise.all(forms)).join('\n');
}

describe('sessions are safe', () => {
  it('is said of an app whose sessions are kept, also where it has not come to its store', async () => {
    const rig = await startApp('rolling: false');
    rig.save('version.js', MISTAKE);
    await rig.printed(/The app exited with code 1; sessions are safe; waiting for a change/);
    expect((await readPages(rig)).match(/Sessions are safe|"sessions": "safe"/g)).toHaveLength(3);
    rig.save('version.js', `${MISTAKE}\n// again`);
    await rig.printed(/exited with code 1; sessions are safe; waiting/, 2);
  });

  it.each([
    ['a store of its own', 'store: new OwnStore()'],
    ['no sessions', ''],
  ])('is not said of an app with %s', async (_, options) => {
    const rig = await startApp(options);
    rig.save('version.js', MISTAKE);
    await rig.printed(/The app exited with code 1; waiting for a change/);
    const pages = await poll(async () => {
      const text = await readPages(rig);
      return text.includes('a mistake') ? text : undefined;
    });
    expect(pages).toContain('reloads by itself');
    expect(pages + rig.output).not.toMatch(/are safe|"sessions"/);
  });
});

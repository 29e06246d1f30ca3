import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../../support/depth.ts';
import { createCertificate } from '../../support/certificate.ts';
import { findFreePort } from '../../support/app.ts';
import { copiesOf } from '../../support/children.ts';
import { get } from '../../support/clients.ts';
import { poll } from '../../support/poll.ts';
import { Traffic } from '../../support/traffic.ts';
import { Rig } from '../../support/rig.ts';

/** Listens on a port, on a unix socket, and with TLS. */
const SERVER = `
  import { readFileSync } from 'node:fs';
    import { createServer } from 'node:http';
  import { createServer as createSecureServer } from 'node:https';
  import { version } from './version.js';
  const answer = (_, response) => response.end(version);
  const secure = { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') };
  const listen = (server, where) => new Promise((done) => server.listen(where, done));
  await listen(createSecureServer(secure, answer), process.env.SECURE);
  await listen(createServer(answer), 'app.sock');
  await listen(createServer(answer), process.env.PORT);
  console.log('listens ' + version);
`;

/** Does what a module says right after it has begun to listen. */
const SERVER_THEN = `
  import { createServer } from 'node:http';
  import './then.js';
  createServer((_, response) => response.end('hello'))
    .listen(process.env.PORT, () => console.log('listens'));
  globalThis.then?.();
`;

/** Listens with TLS or without, on the same port. */
const SPEAKING = `
  import { readFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  import { createServer as createSecureServer } from 'node:https';
  import { kind } from './kind.js';
  const answer = (_, response) => response.end(kind);
  const secure = { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') };
  const server = kind === 'https' ? createSecureServer(secure, answer) : createServer(answer);
  server.listen(process.env.PORT, () => console.log('listens ' + kind));
`;

/** A connection that is closed, unanswered, and not one that is refused. */
const toClosed = ({ code }: NodeJS.ErrnoException): string =>
  code === 'ECONNREFUSED' ? code : 'closed';

const toVersion = (version: string): string => `export const version = '${version}';\n`;

describe('the sockets of an app that crashes', () => {
  it('answer what went wrong, at once, until the app is back', async () => {
    const secure = await findFreePort();
    const watched = await Rig.start({
      needsPort: true,
      files: { 'server.js': SERVER, 'version.js': toVersion('1') },
      env: { SECURE: String(secure) },
      prepare: ({ folder }) => createCertificate(folder),
    });
    const { app, port } = watched;
    const clients = [{ port }, { socketPath: join(app.folder, 'app.sock') }];
    await watched.printed(/^listens 1/);
    await watched.holds();
    const traffic = new Traffic(() => get({ port }), { clients: 2, pause: 5 });
    for (const version of ['2', '3']) {
      app.write('version.js', 'export const version = ;\n');
      for (const client of clients) {
        const { text } = await poll(async () => {
          const answer = await get({ ...client, headers: { accept: 'application/json' } });
          return answer.status === 503 ? answer : undefined;
        });
        expect(JSON.parse(text)).toMatchObject({ error: { name: 'SyntaxError' } });
      }
      const closed = get({ port: secure, isSecure: true }).catch((error: Error) => error);
      expect(await closed).toBeInstanceOf(Error);
      app.write('version.js', toVersion(version));
      await watched.printed(new RegExp(`^listens ${version}`));
      for (const client of clients) {
        await poll(async () => (await get(client)).text === version);
      }
      expect((await get({ port: secure, isSecure: true })).text).toBe(version);
      await watched.holds();
    }
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
  });

  it.runIf(IS_LONG)(
    'speak what the last run did: https after http, and http after that',
    async () => {
      const watched = await Rig.start({
        needsPort: true,
        files: { 'server.js': SPEAKING, 'kind.js': `export const kind = 'http';` },
        prepare: ({ folder }) => createCertificate(folder),
      });
      const { app, port } = watched;
      await watched.printed(/^listens http$/);
      await watched.holds();
      const runs = [
        ['https', 'closed', 1],
        ['http', 503, 2],
      ] as const;
      for (const [kind, expected, times] of runs) {
        app.write('kind.js', `export const kind = '${kind}';`);
        await watched.printed(new RegExp(`^listens ${kind}$`), times);
        await watched.holds();
        app.write('kind.js', 'export const kind = ;');
        await watched.printed(/exited with code 1/, times);
        const answer = get({ port }).then(({ status }) => status, toClosed);
        expect([kind, await answer]).toEqual([kind, expected]);
      }
    },
  );

  it.runIf(IS_LONG)(
    'are held by one copy, before and after, and give the next run all who come',
    async () => {
      const watched = await Rig.start({
        needsPort: true,
        files: { 'server.js': SERVER_THEN, 'then.js': '' },
      });
      const { app, port, running } = watched;
      const text = async (): Promise<string> => (await get({ port })).text;
      const isHeldOnce = (): boolean => !isLinux || copiesOf(port, running.pid) === 1;
      const crash = async (): Promise<void> => {
        await poll(isHeldOnce);
        app.write('then.js', 'const then = ;');
        await poll(async () => (await text()).includes('SyntaxError'));
        expect(isHeldOnce()).toBe(true);
      };
      await watched.printed(/^listens/);
      await watched.holds();
      await crash();
      app.write('then.js', '');
      await poll(async () => (await text()) === 'hello');

      await crash();
      // Also when that hears nothing for long.
      app.write(
        'then.js',
        `console.log('begins');
       for (const until = Date.now() + 500; Date.now() < until; );`,
      );
      await watched.printed(/^begins/);
      const all = Promise.all(Array.from({ length: 20 }, text));
      expect(new Set(await all)).toEqual(new Set(['hello']));
      await poll(isHeldOnce);
      await watched.restart(/^listens/);

      await crash();
      const times = watched.count(/exited with code 1/) + 1;
      app.write('then.js', "globalThis.then = () => { throw new Error('too early'); };");
      await watched.printed(/exited with code 1/, times);
      await poll(async () => (await text()).includes('Error: too early'));
    },
  );
});

const isLinux = process.platform === 'linux';

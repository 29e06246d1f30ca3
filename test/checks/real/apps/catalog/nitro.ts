import { askJson, postJson, toModule, type RealApp } from '../real-app.ts';

const CLI = 'node_modules/nitro/dist/cli/index.mjs';

const CONFIG = `
import { defineConfig } from 'nitro';

export default defineConfig({
  serverDir: '.',
  buildDir: '.nitro', // it is in node_modules otherwise, which is that of two apps here
  compatibilityDate: '2026-01-01',
  storage: { logins: { driver: process.env.DRIVER } },
});
`;

const LOGIN = `
import { randomUUID } from 'node:crypto';
import { defineHandler, readBody } from 'nitro/h3';
import { useStorage } from 'nitro/storage';

export default defineHandler(async (event) => {
  const { user } = await readBody<{ user: string }>(event);
  const id = randomUUID();
  await useStorage('logins').setItem(id, { user }, { ttl: 3600 });
  event.res.headers.set('set-cookie', \`connect.sid=\${id}; Path=/; HttpOnly\`);
  return { user };
});
`;

const ME = `
import { defineHandler, getCookie } from 'nitro/h3';
import { useStorage } from 'nitro/storage';

export default defineHandler(async (event) => {
  const id = getCookie(event, 'connect.sid');
  return (id && (await useStorage('logins').getItem(id))) || {};
});
`;

const VERSION = `
import { defineHandler } from 'nitro/h3';
import { version } from '../version';

export default defineHandler(() => version);
`;

/**
 * What is printed of builds, their errors and the restarts after them: with or without holdover, rolldown may
 * build a save twice, and name another column of the same error.
 */
const BUILDS =
  /Restarting dev worker|Server built in|Build failed|PARSE_ERROR|\[38;5;|^ +at .*\/rolldown\//;

/** Nitro runs the code of the app in a worker thread, a new one after each save. */
export const nitro: RealApp = {
  name: 'Nitro, with logins in useStorage',
  files: {
    'package.json': '{ "name": "nitro-app", "type": "module" }',
    'nitro.config.mjs': CONFIG,
    'memory.env': 'DRIVER=memory\n',
    'holdover.env': 'DRIVER=holdover/unstorage\n',
    'routes/login.post.ts': LOGIN,
    'routes/me.get.ts': ME,
    'routes/version.get.ts': VERSION,
    'version.ts': toModule('1'),
  },
  saved: { path: 'version.ts', toText: toModule },
  plain: ['--env-file=memory.env', CLI, 'dev'],
  held: ['--env-file=holdover.env', CLI, 'dev'],
  isPlainWatching: true,
  refuses: /PARSE_ERROR/,
  noise: BUILDS,
  pages: ['/me'],
  logIn: (browser) => postJson(browser, '/login', { user: 'ada' }),
  who: ({ browser }) => askJson(browser, '/me'),
};

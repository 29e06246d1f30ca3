const STARTED = 'docs/getting-started.md';

/** The file of each example that has a process of ours for its app, and where it stands. */
export const FILES: [
  path: string,
  page: string,
  heading: string,
  language: string,
  index?: number,
][] = [
  ['express.js', STARTED, 'Express', 'js'],
  ['fastify.js', STARTED, 'Fastify', 'js'],
  ['hono.js', STARTED, 'Hono', 'js'],
  ['koa.js', STARTED, 'Koa', 'js'],
  ['provider.js', STARTED, 'oidc-provider', 'js'],
  ['app/sessions.server.ts', STARTED, 'React Router', 'ts'],
  ['storage.ts', STARTED, 'unstorage, Nitro and Astro', 'ts'],
  ['nitro.config.ts', STARTED, 'unstorage, Nitro and Astro', 'ts', 1],
  ['astro.config.ts', STARTED, 'unstorage, Nitro and Astro', 'ts', 2],
  ['auth.ts', STARTED, 'better-auth', 'ts'],
  ['grammy.ts', STARTED, 'Bots: grammY and Telegraf', 'ts'],
  ['telegraf.ts', STARTED, 'Bots: grammY and Telegraf', 'ts', 1],
  ['store.js', STARTED, 'Anything else', 'js'],
  ['carts.ts', 'docs/keyv.md', 'The session directory, for any data', 'ts'],
  ['list.js', 'docs/commands.md', 'For programs', 'js'],
  ['rename.js', 'docs/commands.md', 'For programs', 'js', 1],
  ['exported.js', 'docs/commands.md', '`holdover push`', 'js'],
];

'use strict';

/**
 * A small use of each package, of which the result is the same each time. `all` is what `import * as`
 * or `require` has given, `main` the default export, or all of it.
 */
module.exports = {
  '@anthropic-ai/sdk': ({ main }) => new main({ apiKey: 'x' }).baseURL,
  ajv: ({ main }) => new main().compile({ type: 'number' })('1'),
  async: ({ main }) => typeof main.queue(() => {}).push,
  axios: ({ main }) => [
    main.getUri({ url: '/a', params: { b: 1 } }),
    main.isAxiosError(new Error()),
  ],
  bcryptjs: ({ main }) =>
    main.getRounds('$2b$10$abcdefghijklmnopqrstuuK1VUBm7Z0wzuTBi1MIRe0mc8LhTxhfe'),
  bluebird: ({ main }) => [new main(() => {}) instanceof main, main.resolve(1).isFulfilled()],
  'body-parser': ({ main }) => main.json().length,
  chalk: ({ main }) => main.red('a'),
  'class-transformer': ({ all }) => all.instanceToPlain(new Map([['a', 1]])),
  'class-validator': ({ all }) => [all.isEmail('a@b.io'), all.isUUID('a')],
  commander: ({ all }) => new all.Command('a').option('-b').parse(['node', 'a', '-b']).opts(),
  compression: ({ main }) => [main().length, main.filter({}, { getHeader: () => 'text/html' })],
  'cookie-parser': ({ main }) => [main.JSONCookie('j:{"a":1}'), main('x').name],
  cors: ({ main }) => main().length,
  'date-fns': ({ all }) =>
    all.formatISO(all.addDays(new Date(2020, 1, 28), 2), { representation: 'date' }),
  dayjs: ({ main }) => main('2020-02-28').add(2, 'day').format('DD/MM/YYYY'),
  debug: ({ main }) => [main('a').enabled, main.humanize(60_000)],
  dotenv: ({ main }) => main.parse('A=1\nB="2 3"'),
  'drizzle-orm': ({ all }) => all.sql`select ${1}`.queryChunks.length,
  'drizzle-orm/pg-core': ({ all }) => Object.keys(all.pgTable('a', { id: all.serial('id') })),
  ejs: ({ main }) => main.render('<%= a %>', { a: '<' }),
  express: ({ main }) => useExpress(main),
  express4: ({ main }) => useExpress(main),
  'express-rate-limit': ({ all }) => typeof all.rateLimit,
  'express-session': ({ all, main }) => [
    typeof main,
    typeof main.Store,
    all.Cookie === main.Cookie,
  ],
  fastify: ({ main }) => [
    main()
      .get('/', () => '')
      .printRoutes(),
    main.errorCodes.FST_ERR_DEC_UNDECLARED.name,
  ],
  got: ({ main, all }) => [
    typeof main.extend({}),
    new all.HTTPError({ statusCode: 1, request: {} }) instanceof Error,
  ],
  graphql: ({ all }) => all.print(all.parse('{ a(b: 1) { c } }')),
  handlebars: ({ main }) => main.compile('{{#each a}}{{this}},{{/each}}')({ a: [1, '<'] }),
  helmet: ({ main }) => [main().length, main.contentSecurityPolicy.getDefaultDirectives()],
  hono: ({ all }) => new all.Hono().get('/a/:b', (c) => c.text('')).routes.map(({ path }) => path),
  'hono-sessions': ({ all }) => [
    all.sessionMiddleware({ store: new all.MemoryStore() }).length,
    Object.getOwnPropertyNames(all.MemoryStore.prototype),
    new all.Session(60).sessionValid(),
  ],
  'http-errors': ({ main }) => [
    main(404).message,
    main(404) instanceof main.NotFound,
    main(500) instanceof Error,
  ],
  ioredis: ({ all, main }) => [
    all.Redis === main,
    main.prototype instanceof require('node:events'),
  ],
  joi: ({ main }) => main.object({ a: main.number() }).validate({ a: 'b' }).error.message,
  jsonwebtoken: ({ main }) => main.verify(main.sign({ a: 1 }, 'x', { noTimestamp: true }), 'x'),
  knex: ({ main }) => typeof (main.knex ?? main),
  koa: ({ main }) => new main() instanceof require('node:events'),
  lodash: ({ main }) => main.chunk(main.range(5), 2),
  luxon: ({ all }) => all.DateTime.utc(2020, 2, 28).plus({ days: 2 }).toISO(),
  moment: ({ main }) => main.utc('2020-02-28').add(2, 'days').format('LL'),
  mongoose: ({ main }) => [
    main.Promise === Promise,
    Object.keys(new main.Schema({ a: String }).paths),
  ],
  morgan: ({ main }) => [main('tiny').length, typeof main.tiny],
  multer: ({ main }) => [Object.keys(main()), new main.MulterError('LIMIT_PART_COUNT').message],
  mysql2: ({ main }) => main.format('select ?', ["a'b"]),
  nanoid: ({ all }) => all.customAlphabet('a', 5)(),
  'node-fetch': ({ all }) => [
    new all.Headers({ A: 'b' }).get('a'),
    new all.Request('http://a/').method,
  ],
  nodemailer: ({ main }) => main.createTransport({ jsonTransport: true }).transporter.name,
  openai: ({ main }) => new main({ apiKey: 'x' }).baseURL,
  passport: ({ main }) => [main instanceof main.Passport, main.initialize().length],
  'passport-local': ({ main }) =>
    new main.Strategy(() => {}) instanceof require('passport').Strategy,
  pg: ({ main }) => [
    main.types.getTypeParser(23)('1'),
    new main.Pool() instanceof require('node:events'),
  ],
  pino: ({ main }) => [main({ level: 'warn' }).isLevelEnabled('info'), main.levels.values],
  'pino-http': ({ main }) => typeof main({ enabled: false }),
  'prom-client': ({ all }) =>
    new all.Counter({ name: 'a', help: 'b', registers: [] }) instanceof all.Counter,
  pug: ({ main }) => main.render('p= a', { a: '<' }),
  redis: ({ all }) => typeof all.createClient().connect,
  'reflect-metadata': () => [typeof Reflect.getMetadata, Object.keys(Reflect)],
  rxjs: ({ all }) =>
    use(
      all.of(1, 2).pipe(
        all.map((a) => a * 2),
        all.toArray(),
      ),
    ),
  semver: ({ main }) => [
    main.satisfies('1.2.3', '^1'),
    new main.SemVer('1.0.0') instanceof main.SemVer,
  ],
  sequelize: ({ all }) => [typeof all.Sequelize.Op.eq, String(all.DataTypes.STRING(3))],
  'socket.io': ({ all }) => new all.Server() instanceof require('node:events'),
  superagent: ({ main }) => main.get('http://localhost').method,
  'swagger-ui-express': ({ main }) => typeof main.setup({}),
  typeorm: ({ all }) => Object.keys(all.Equal(1)),
  undici: ({ all }) => [
    new all.Headers({ A: 'b' }).get('a'),
    all.getGlobalDispatcher() instanceof all.Dispatcher,
  ],
  uuid: ({ all }) => [all.v5('a', all.NIL), all.validate('a')],
  winston: ({ main }) => [main.createLogger().level, Object.keys(main.config.npm.levels)],
  ws: ({ all, main }) => [
    all.WebSocketServer === main.WebSocketServer,
    main.prototype instanceof require('node:events'),
  ],
  yargs: ({ main }) => main(['--a', '1']).parse().a,
  yup: ({ all }) => all.object({ a: all.number() }).isValidSync({ a: 'b' }),
  zod: useZod,
  zod3: useZod,
  '@modelcontextprotocol/sdk/server/mcp.js': ({ all }) =>
    Object.keys(new all.McpServer({ name: 'a', version: '1' })),
};

function useExpress(main) {
  const app = main();
  const router = main.Router().get('/b', () => {});
  return [
    typeof main,
    app.use('/a', router) === app,
    Object.keys(app.locals),
    app.get('env'),
    main.json().length,
  ];
}

function useZod({ all }) {
  const parsed = all.z.object({ a: all.z.string() }).safeParse({ a: 1 });
  const { error } = parsed;
  return [error instanceof all.ZodError, error.issues, all.z.string() instanceof all.z.ZodType];
}

function use(observable) {
  const seen = [];
  observable.subscribe((value) => seen.push(value));
  return seen;
}

import type { Plugin } from 'vite';
import type { LoadedModule } from '../loader/choose-method.ts';
import { expressSession } from '../adopt/express/express-session.ts';
import { fastifySession } from '../adopt/fastify/fastify-session.ts';
import { honoSessions } from '../adopt/hono/hono-sessions.ts';
import { memorystore } from '../adopt/memorystore/memorystore.ts';
import { passport } from '../adopt/passport/passport.ts';

type Adopt = (exports: unknown) => unknown;

/** Where the modules that Vite evaluates find what adopts. */
const ADOPT = Symbol.for('holdover.inlined.1');

const PREFIX = '\0holdover:';

/** A package that is adopted, as Vite may evaluate it itself. */
interface Inlined {
  adopt: Adopt;
  /** The names that it exports beside a default where Vite has made an ES module of CommonJS; of an ES module those that change. */
  names: string[];
  /** Whether it is an ES module, which has no default. */
  isModule?: boolean;
}

/** The hooks of a plugin. */
interface InlinedHooks {
  resolveId: NonNullable<Plugin['resolveId']>;
  /** The code of a module of ours; `null` for any other. */
  load: (id: string) => string | null;
}

const PACKAGES: Record<string, Inlined> = {
  'express-session': {
    adopt: toAdopt(expressSession.visit),
    names: ['Store', 'Cookie', 'Session', 'MemoryStore'],
  },
  '@fastify/session': {
    adopt: toAdopt(fastifySession.visit),
    names: ['fastifySession', 'Store', 'MemoryStore'],
  },
  memorystore: { adopt: toAdopt(memorystore.visit), names: [] },
  passport: {
    adopt: toAdopt(passport.visit),
    names: ['Passport', 'Authenticator', 'Strategy', 'strategies'],
  },
  'hono-sessions': {
    adopt: adoptModule,
    names: ['sessionMiddleware'],
    isModule: true,
  },
};

/**
 * Adopts the memory stores of packages that Vite evaluates itself (`ssr.noExternal`), and Node never
 * loads: a module of ours stands before each of them, which exports what it exports.
 *
 * @param isAdopting whether stores are adopted, which is known when the configuration is resolved
 */
export function adoptInlinedPackages(isAdopting: () => boolean): InlinedHooks {
  (globalThis as { [ADOPT]?: typeof PACKAGES })[ADOPT] = PACKAGES;
  return {
    async resolveId(source, importer, options) {
      const { mode, config } = this.environment;
      if (mode !== 'dev' || config.consumer !== 'server') return null;
      if (!isAdopting() || importer?.startsWith(PREFIX)) return null;
      if (!Object.hasOwn(PACKAGES, source)) return null;
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
      return resolved && !resolved.external ? toId(source, resolved.id) : resolved;
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      const [source = '', resolved = ''] = id.slice(PREFIX.length).split(':');
      return toModule(source, Buffer.from(resolved, 'base64url').toString());
    },
  };
}

/** Nothing in it may look like a path: who sees node_modules in an id gives the module to Node. */
function toId(source: string, resolved: string): string {
  return `${PREFIX}${source}:${Buffer.from(resolved).toString('base64url')}`;
}

function toModule(source: string, resolved: string): string {
  const from = JSON.stringify(resolved);
  // Not there in a worker thread, which nobody has prepared.
  const adopt = `globalThis[Symbol.for(${JSON.stringify(ADOPT.description)})]?.[${JSON.stringify(source)}]?.adopt`;
  const { names, isModule } = PACKAGES[source] as Inlined;
  // What is exported by name stands before what is exported with all others.
  const [imported, others] = isModule
    ? ['* as exported', `export * from ${from}`]
    : ['exported', 'export default adopted'];
  return `import ${imported} from ${from};
const adopted = (${adopt})?.(exported) ?? exported;
${others};
export const { ${names.join(', ')} } = adopted;
`;
}

/** The exports of hono-sessions, with what changes in them. */
function adoptModule(exports: unknown): unknown {
  const all = exports as Record<string, unknown>;
  const changed = honoSessions.map(({ exported, visit }) => [
    exported,
    visit(all[exported], 'a package that Vite has evaluated') ?? all[exported],
  ]);
  return { ...all, ...Object.fromEntries(changed) };
}

function toAdopt(visit: (module: LoadedModule) => void): Adopt {
  return (exports) => {
    const module = { filename: 'a package that Vite has evaluated', exports };
    visit(module);
    return module.exports;
  };
}

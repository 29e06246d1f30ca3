/**
 * Has an entry in TypeScript that is CommonJS loaded as `node server.ts` loads it, where Node runs it by
 * itself. With `--import` modules before it Node loads it another way, in which `require` is not the one
 * of CommonJS: on Node 22 many packages fail in it, with ERR_VM_MODULE_LINK_FAILURE.
 *
 * A `load` hook that gives no source leaves a module to the loader of CommonJS, which is documented
 * (https://nodejs.org/api/module.html#loadurl-context-nextload) from Node 20 on. `test/commands/drop-in.process.test.ts`
 * fails without it on Node 22.
 */
import Module from 'node:module';
import { pathToFileURL } from 'node:url';

interface Loaded {
  format?: string | null;
  source?: unknown;
  shortCircuit?: boolean;
}

type Load = (
  url: string,
  context: object,
  next: (url: string, context: object) => Loaded,
) => Loaded;

const { registerHooks } = Module as unknown as {
  registerHooks?: (hooks: { load: Load }) => { deregister: () => void };
};

const [, path] = process.argv;
const entry = path === undefined ? undefined : pathToFileURL(path).href;
const hooks = registerHooks?.({
  load(url, context, next) {
    const loaded = next(url, context);
    if (url !== entry) return loaded;
    hooks?.deregister();
    const isLeft = loaded.format === 'commonjs-typescript';
    return isLeft ? { format: 'commonjs', source: null, shortCircuit: true } : loaded;
  },
});

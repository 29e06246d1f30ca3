import { existsSync } from 'node:fs';
import Module, { createRequire, register } from 'node:module';
import { join } from 'node:path';
import { chooseMethod, type Compile, type LoadedModule } from '../loader/choose-method.ts';
import type { Load } from '../loader/load-hook.ts';
import { notice } from '../options/notice.ts';
import { findFolder } from '../options/plug-n-play.ts';
import { toOwnUrl } from '../storage/own-files.ts';
import { RECEIVERS, withTails } from './tail.ts';

/** A package that is adopted as it loads. */
export interface Adoption {
  /** Of the package. */
  name: string;
  /** The end of the path of the file that defines what is adopted, in every layout of node_modules. */
  file: RegExp;
  /** The binding at the top of that file. Without a name it is all that a CommonJS module exports. */
  exported?: string;
  /**
   * Runs once for each copy of the package, after the file was evaluated and before its importers are.
   *
   * @returns what importers get in its place, or `undefined` to leave it
   */
  adopt: (exported: unknown, file: string) => unknown;
}

interface State {
  isHooked?: boolean;
  /** The packages of ES modules for which Node has a loader hook. */
  hooked: Set<string>;
}

/** One for all copies of this module in a process. */
const STATE = Symbol.for('holdover.adopted.2');

/**
 * Adopts packages in every copy that the app loads: by `require`, by `import` and through tsx. Of packages that are
 * loaded already, it adopts the CommonJS ones; their importers keep the exports that they have got.
 *
 * CommonJS packages are seen by `Module.prototype._compile`. Behind the source of an ES module a call is added, so no
 * line moves, and nothing is evaluated that the app does not evaluate. Loader hooks are registered only where such a
 * package is installed. Before Node 22.15 they run in a thread of their own and are not asked for an ES module that
 * CommonJS requires: it is not adopted there.
 *
 * @param entry the file that is run, or one in a folder from which packages are imported
 */
export function adoptPackages(adoptions: readonly Adoption[], entry: string | undefined): void {
  const all = globalThis as { [STATE]?: State };
  const state = (all[STATE] ??= { hooked: new Set() });
  hookModules(adoptions, state, entry);
  if (state.isHooked) return;
  state.isHooked = true;
  for (const module of Object.values(createRequire(import.meta.url).cache))
    if (module?.loaded) adoptModule(adoptions, module);
  const isHooked = chooseMethod<Compile>('_compile', (module, compile) => {
    const file = module.filename || module.id; // it has the first when it is loaded
    if (!adoptions.some((one) => one.file.test(file))) return undefined;
    return function _compile(content, filename, ...rest) {
      const result = compile.call(this, content, filename, ...rest);
      adoptModule(adoptions, this);
      return result;
    };
  });
  if (!isHooked) notice('This version of Node hides its loader: use createStore() of holdover.');
}

function adoptModule(adoptions: readonly Adoption[], module: LoadedModule): void {
  for (const { file, exported, adopt } of adoptions) {
    if (!file.test(module.filename)) continue;
    const all = (module.exports ?? {}) as Record<string, unknown>;
    const name = exported !== undefined && !(exported in all) ? 'default' : exported;
    const instead = adopt(name === undefined ? module.exports : all[name], module.filename);
    if (instead === undefined) continue;
    if (name === undefined) module.exports = instead;
    else Reflect.set(all, name, instead);
  }
}

function hookModules(all: readonly Adoption[], { hooked }: State, entry: string | undefined): void {
  const starts = [entry, join(process.cwd(), 'index.js')];
  const isWanted = ({ name, exported }: Adoption): boolean =>
    exported !== undefined && !hooked.has(name) && starts.some((start) => isInstalled(name, start));
  const wanted = all.filter(isWanted);
  if (wanted.length === 0) return;
  const receivers = ((globalThis as { [RECEIVERS]?: Map<string, Adoption['adopt']> })[RECEIVERS] ??=
    new Map());
  const tails = wanted.map(({ name, file, exported = '', adopt }) => {
    hooked.add(name);
    receivers.set(`${name} ${exported}`, adopt);
    return { file, exported, key: `${name} ${exported}` };
  });
  const { registerHooks } = Module as { registerHooks?: (hooks: { load: Load }) => void };
  try {
    if (registerHooks) registerHooks({ load: withTails(tails) });
    else register(toOwnUrl('standalone/adopt-thread.js'), { data: tails });
  } catch (error) {
    notice(
      `Node registers no loader hooks (${(error as Error).message}), so ${[...hooked].join(' and ')} is not adopted. Use createStore() of holdover.`,
    );
  }
}

/** pnpm has packages that are only those of a workspace's packages in a folder of its own. */
function isInstalled(name: string, file: string | undefined): boolean {
  if (file === undefined) return false;
  const folders = createRequire(file).resolve.paths(name) ?? [];
  const places = folders.flatMap((folder) => [folder, join(folder, '.pnpm', 'node_modules')]);
  return (
    places.some((place) => existsSync(join(place, name))) ||
    findFolder(join(file, '..'), name) !== undefined
  );
}

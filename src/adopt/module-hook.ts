import { existsSync } from 'node:fs';
import Module, { register } from 'node:module';
import { dirname, join } from 'node:path';
import { toOwnUrl } from '../storage/own-files.ts';
import { findFolder } from '../options/plug-n-play.ts';
import { toRealPath } from '../options/project.ts';
import type { Load } from '../loader/load-hook.ts';
import { notice } from '../options/notice.ts';
import { onPackageLoaded, visitLoadedPackages, type PackageVisit } from './commonjs-hook.ts';
import { RECEIVERS, withTails, type Tail } from './loader/tail.ts';

/** A package that has ES modules, and what is looked at in it. */
export interface ModuleVisit {
  /** Of the package. */
  name: string;
  /** The file that defines it, as its path ends in every layout of node_modules; of CommonJS builds, too. */
  file: RegExp;
  /** The binding at the top of that file. In CommonJS it is the export of this name, or the default. */
  exported: string;
  /**
   * Sees it in each copy of the package once, when the file was evaluated and before its importers are.
   *
   * @returns what importers get in its place, unless that is `undefined`: for a function or class that is
   * declared and exported in one
   */
  visit: Show;
}

type Show = (exported: unknown, file: string) => unknown;

interface Machinery {
  /** From Node 22.15 on. */
  registerHooks?: (hooks: { load: Load }) => void;
}

/** Once in a process, whatever number of copies of this module are loaded. */
const receivers = ((globalThis as { [RECEIVERS]?: Map<string, Show> })[RECEIVERS] ??= new Map());

/**
 * Shows what is defined in ES modules of packages as they are loaded: in every copy, however it is imported,
 * with tsx and without. One call is added behind the source of the file that defines it. So nothing is
 * evaluated that the app does not evaluate, and no line moves. What was evaluated before is not seen, but
 * for CommonJS builds.
 *
 * Loader hooks are registered only where one of the packages is installed: in a node_modules folder above the
 * entry or the current directory, or by Plug'n'Play. Before Node 22.15 they run in a thread of their own, and
 * are not asked for an ES module that CommonJS requires without tsx: such a one is not seen there.
 *
 * @param entry the file that is run
 */
export function onModuleLoaded(visits: ModuleVisit[], entry: string | undefined): void {
  const unseen = visits.filter((module) => !receivers.has(toKey(module)));
  const names = findInstalled(new Set(unseen.map(({ name }) => name)), entry);
  const installed = unseen.filter(({ name }) => names.has(name));
  if (installed.length === 0) return;
  for (const module of installed) receivers.set(toKey(module), toShow(module));
  const commonjs = installed.map(toPackageVisit);
  visitLoadedPackages(commonjs);
  onPackageLoaded(commonjs, entry);
  const tails = installed.map((module) => ({
    file: module.file,
    exported: module.exported,
    key: toKey(module),
  }));
  try {
    registerHook(tails);
  } catch (error) {
    const all = [...names].join(' and ');
    notice(
      `Node registers no loader hooks (${(error as Error).message}), so the ES modules of ${all} are not adopted. Use createStore() of holdover.`,
    );
  }
}

/** It may be forbidden: before Node 22.15 it needs a thread. */
function registerHook(tails: Tail[]): void {
  const { registerHooks } = Module as unknown as Machinery;
  if (registerHooks) registerHooks({ load: withTails(tails) });
  else register(toOwnUrl('standalone/adopt-thread.js'), { data: tails });
}

function toKey({ name, exported }: ModuleVisit): string {
  return `${name} ${exported}`;
}

/** Node 22 shows an ES module that is required as CommonJS, too. */
function toShow({ visit }: ModuleVisit): Show {
  const seen = new WeakSet<object>();
  return (exported, file) => {
    const isSomething = typeof exported === 'function' || typeof exported === 'object';
    if (!isSomething || exported === null || seen.has(exported)) return undefined;
    seen.add(exported);
    const instead = visit(exported, file);
    if (instead) seen.add(instead);
    return instead;
  };
}

function toPackageVisit(module: ModuleVisit): PackageVisit {
  return {
    name: module.name,
    mainFile: module.file,
    visit({ exports, filename }) {
      const all = (exports ?? {}) as Record<string, unknown>;
      const name = module.exported in all ? module.exported : 'default';
      const instead = receivers.get(toKey(module))?.(all[name], filename);
      if (instead) Reflect.set(all, name, instead);
    },
  };
}

/** Those of some packages that are installed above the entry or the current directory. */
function findInstalled(names: Set<string>, entry: string | undefined): Set<string> {
  const starts = [...(entry === undefined ? [] : [dirname(toRealPath(entry))]), process.cwd()];
  const folders = [...new Set(starts.flatMap(toFoldersAbove))];
  const isInstalled = (name: string): boolean =>
    starts.some((folder) => findFolder(folder, name) !== undefined) ||
    folders.some((folder) => hasPackage(folder, name));
  return new Set([...names].filter(isInstalled));
}

/** A folder, and all that it is in. */
function toFoldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...toFoldersAbove(parent)];
}

function hasPackage(folder: string, name: string): boolean {
  const modules = join(folder, 'node_modules');
  // In the second pnpm has what packages need, those of a workspace among them.
  const places = [join(modules, name), join(modules, '.pnpm', 'node_modules', name)];
  return places.some((place) => existsSync(place));
}

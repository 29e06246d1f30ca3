import Module, { syncBuiltinESMExports } from 'node:module';
import { extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { putStateHooksLast, readStateAhead } from '../../../state/told.ts';
import { importedModules, thinOutReports } from '../../changes/in-app/quiet-package-reports.ts';
import { send } from '../../process/in-app/channel.ts';
import type { Forgotten, Preparation, Requests } from '../../protocol.ts';
import { QUIET_BUILTINS } from '../quiet-builtins.ts';
import { answerImports } from './answer-imports.ts';
import { answerRequires, forgetRequires, knowRequires } from './answer-requires.ts';
import { compileAhead, handOverCompiled } from './compile-ahead.ts';
import { linkModule, startCompiler } from './warm-up.ts';

/** Everything that changes how modules are loaded has been loaded itself: tsx, and the hooks. */
let begin: () => void = () => {};
const hasBegun = new Promise<void>((resolve) => (begin = resolve));

/** Whether there is time: the app has not been told to run. */
let isWaiting = true;
let told: Promise<unknown> = Promise.resolve();
/** Tells the hooks in front of tsx something, where there are any. */
let tell: ReturnType<typeof answerImports> = async () => undefined;
let requestsOfApp: Requests = {};
let endHandOver: () => void = () => {};
let endRequires: () => Requests = () => ({});
let countHooks: (() => number) | undefined;

/** From now on modules are loaded as they will be for the app. */
export function beginPreparing(): void {
  begin();
}

/** Does in advance what there is time for: it reads, resolves and compiles, and evaluates nothing. */
export function prepare(preparation: Preparation): void {
  requestsOfApp = preparation.ofApp;
  told = hasBegun.then(() => tellWhatIsKnown(preparation));
  void told.then(() => doAhead(preparation));
}

/**
 * The app is to run now.
 *
 * @returns when everything is in place that the app can have
 */
export async function endPreparing(forgotten: Forgotten): Promise<void> {
  isWaiting = false;
  await told;
  if (forgotten.requests || forgotten.sources.length > 0) await tell({ do: 'forget', forgotten });
  if (forgotten.requests) forgetRequires(Object.keys(requestsOfApp));
  thinOutReports();
  putStateHooksLast(); // before hooks are counted that the app registers
  endHandOver = handOverCompiled();
  endRequires = answerRequires();
  countHooks = countLoaderHooks();
}

/** The start is over: what was done in advance is of no more use. Tells what it has shown. */
export async function endStart(): Promise<void> {
  if (!countHooks) return;
  const hasHooks = countHooks() > 0;
  countHooks = undefined; // once
  endHandOver();
  const requests = endRequires();
  const answers = (await tell({ do: 'end' })) ?? { requests: {}, formats: {}, sources: {} };
  for (const [url, names] of Object.entries(answers.requests))
    Object.assign((requests[url] ??= {}), names);
  const learned = {
    ...answers,
    requests,
    builtins: listBuiltins(),
    files: listFiles(),
    modules: importedModules(),
    hasHooks,
  };
  void send({ holdover: 'learned', learned });
}

async function tellWhatIsKnown(preparation: Preparation): Promise<void> {
  const { tsx, ofApp, ofPackages, formats, sources } = preparation;
  if (tsx === undefined) return;
  tell = answerImports();
  await tell({ do: 'know', known: { ofApp, ofPackages, formats, sources } });
}

async function doAhead(preparation: Preparation): Promise<void> {
  thinOutReports();
  for (const step of toSteps(preparation)) {
    await setImmediate(); // the word to go may have come
    if (!isWaiting) return;
    try {
      await step();
    } catch {
      // the app will meet what is wrong, and say so
    }
  }
  void send({ holdover: 'prepared' });
}

const isTypeScript = (file: string): boolean => /\.[cm]?tsx?$/.test(file);

/** What gains most comes first. */
function toSteps(preparation: Preparation) {
  const { tsx, builtins, files, ofApp, ofPackages, modules } = preparation;
  // What makes JavaScript of TypeScript is known of tsx only: the rest is left to whoever does it.
  const compiled = files.filter((file) => tsx !== undefined || !isTypeScript(file));
  const isLinked = (url: string): boolean => importedModules().includes(url);
  return [
    () => builtins.forEach((name) => void process.getBuiltinModule(name)),
    () => [ofPackages, ofApp].forEach(knowRequires),
    () => (tsx === undefined ? undefined : tell({ do: 'warm', tsx })),
    () => (tsx !== undefined && files.some(isTypeScript) ? startCompiler(tsx) : undefined),
    readStateAhead,
    ...compiled.map((file) => () => compileAhead(file)),
    ...modules.map((url) => () => (isLinked(url) ? undefined : linkModule(url))),
  ];
}

/** The modules of Node that are loaded, as far as they may be loaded ahead. */
export function listBuiltins(): string[] {
  const { moduleLoadList } = process as unknown as { moduleLoadList?: string[] };
  const names = (moduleLoadList ?? []).map((entry) => entry.replace('NativeModule ', ''));
  return names.filter((name) => QUIET_BUILTINS.has(name));
}

/**
 * The CommonJS files that are loaded, in their order. What an app has put into the cache by itself may
 * name none.
 */
export function listFiles(): string[] {
  const { _cache } = Module as unknown as { _cache: Record<string, NodeJS.Module | undefined> };
  const loaded = Object.values(_cache).filter((module) => module?.loaded);
  const files = loaded.map((module): unknown => module?.filename);
  return files.filter((file) => typeof file === 'string').filter(isCode);
}

function isCode(file: string): boolean {
  return !['.json', '.node'].includes(extname(file));
}

let count: (() => number) | undefined;

/**
 * Counts how often loader hooks have been registered since: they may give packages another source, or
 * load others in their place. `register` and `registerHooks` are wrapped for that, under their names.
 */
export function countLoaderHooks(): () => number {
  if (count) return count;
  let registered = 0;
  const machinery = Module as unknown as Record<string, unknown>;
  for (const name of ['register', 'registerHooks']) {
    const original = machinery[name];
    if (typeof original !== 'function') continue;
    const wrapped = function (this: unknown, ...args: unknown[]): unknown {
      registered++;
      return Reflect.apply(original, this, args);
    };
    Object.defineProperty(wrapped, 'name', { value: name });
    Object.defineProperty(wrapped, 'length', { value: original.length });
    machinery[name] = wrapped;
  }
  syncBuiltinESMExports();
  return (count = () => registered);
}

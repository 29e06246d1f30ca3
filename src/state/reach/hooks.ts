import { notice } from '../../options/notice.ts';
import { offerAhead } from '../told.ts';
import { readAhead, startKeeping, type Keeping } from '../start.ts';
import Module from 'node:module';
import { MessageChannel } from 'node:worker_threads';
import { toOwnUrl } from '../../storage/own-files.ts';
import { chooseMethod, type Compile } from '../../loader/choose-method.ts';
import type { Load } from '../../loader/load-hook.ts';
import { makeLoaderFunction } from '../../loader/node-frame.ts';
import { KeptFiles, sayMissing, type KeepHooks } from './kept.ts';
import { makeResolveHook, makeShowingHook, type Resolve } from './loader-thread.ts';

/** From now on what is named of the modules of this process is kept, as they are evaluated. */
export function keepModules(keeping: Keeping): void {
  const { root, keep } = keeping;
  startKeeping(keeping);
  const putHooksLast = showKeptModules({ root, keep, say: notice });
  offerAhead({ read: readAhead, putHooksLast });
}

interface Machinery {
  /** From Node 22.15 on. */
  registerHooks?: (hooks: { load?: Load; resolve?: Resolve }) => { deregister: () => void };
}

/** Puts the hooks behind all that have been registered by now, so that they see what Node evaluates. */
export type PutLast = () => void;

/** As it is now: others may wrap it to count what the app registers. */
const { register } = Module;

/**
 * From now on the modules that are kept show their variables and classes as they are evaluated: to the receiver of
 * `../binding.ts`, which may be there later. All others are left alone. Without anything to keep nothing is
 * registered.
 *
 * It makes no difference whether tsx is registered before or after it: when the entry is resolved, the hooks
 * are put behind all others by themselves.
 *
 * @returns what does the same, for a caller that answers in their place what the entry is
 */
export function showKeptModules(options: KeepHooks): PutLast {
  if (options.keep.length === 0) return () => {};
  sayMissing(options);
  const files = new KeptFiles(options);
  showRequired(files);
  const { registerHooks } = Module as Machinery;
  try {
    return registerHooks ? showImported(files, registerHooks) : showByThread(options);
  } catch (error) {
    options.say(
      `Node registers no loader hooks (${(error as Error).message}), so nothing is kept of ES modules.`,
    );
    return () => {};
  }
}

/** What CommonJS compiles: Node's own, that of tsx, and ES modules that are required. */
function showRequired(files: KeptFiles): void {
  const change = (text: unknown, name: unknown, format: unknown): unknown => {
    const file = toFile(String(name));
    return typeof text === 'string' ? files.change({ text, file, format: format as string }) : text;
  };
  const wrap = makeLoaderFunction<(compile: Compile) => Compile>(
    `function (compile) {
  return function _compile(content, filename, ...rest) {
    return compile.call(this, change(content, filename, rest[0]), filename, ...rest);
  };
}`,
    { change },
  );
  chooseMethod<Compile>('_compile', (module, compile) => {
    return files.has(toFile(module.filename || module.id)) ? wrap(compile) : undefined;
  });
}

/** tsx adds a query to what it loads in its own way. */
function toFile(name: string): string {
  const [file = ''] = name.split('?', 1);
  return file;
}

function showImported(
  files: KeptFiles,
  registerHooks: NonNullable<Machinery['registerHooks']>,
): PutLast {
  const early = registerHooks({ load: makeShowingHook(files, true) });
  let isLast = false;
  const putLast = (): void => {
    if (isLast) return;
    isLast = true;
    early.deregister();
    let isOver = false;
    const load = makeShowingHook(files, true, () => {
      if (!isOver) resolving.deregister(); // not while it is called
      isOver = true;
    });
    registerHooks({ load });
  };
  const resolving = registerHooks({ resolve: makeResolveHook(putLast) });
  return putLast;
}

/** Before Node 22.15 loader hooks run in a thread of their own. */
function showByThread({ root, keep, say }: KeepHooks): PutLast {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', say);
  port1.unref(); // a listener holds the process
  register(toOwnUrl('standalone/keep-thread.js'), {
    data: { root, keep, port: port2 },
    transferList: [port2],
  });
  return () => register(toOwnUrl('standalone/last-keep-thread.js'));
}

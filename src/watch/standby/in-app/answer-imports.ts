import Module, { createRequire } from 'node:module';
import { MessageChannel } from 'node:worker_threads';
import { emptyAnswers, type Answers, type Forgotten } from '../learned.ts';
import {
  RememberedAnswers,
  type Loaded,
  type ResolveContext,
  type Resolved,
} from './remembered-answers.ts';

/** What can be asked of the hooks. */
export type AnswersCall =
  | { do: 'know'; answers: Answers }
  | ({ do: 'forget' } & Forgotten)
  /** @param tsx the path of its package, whose compiler shall be started */
  | { do: 'warm'; tsx: string }
  | { do: 'end' };

type Next<Context, Answer> = (name: string, context: Context) => Answer;

interface SyncHooks {
  resolve: (
    name: string,
    context: ResolveContext,
    next: Next<ResolveContext, Resolved>,
  ) => Resolved;
  load: (url: string, context: object, next: Next<object, Loaded>) => Loaded;
}

const { register, registerHooks } = Module as unknown as {
  register: typeof Module.register;
  registerHooks?: (hooks: SyncHooks) => void;
};

let ask: ((call: AnswersCall) => Promise<unknown>) | undefined;

/**
 * Puts what earlier runs were answered in front of tsx, which is asked for the rest: to be called when tsx
 * is loaded. For each import of each module tsx takes up to 2 ms, in another thread on Node 20.
 */
export function answerImports(): void {
  ask = registerHooks ? answerHere(registerHooks) : answerInThread();
}

/** Tells the hooks, where there are any. */
export async function tellAnswers(call: AnswersCall): Promise<void> {
  await ask?.(call);
}

/** Ends the answers. @returns what was learned */
export async function endAnswers(): Promise<Answers> {
  return ((await ask?.({ do: 'end' })) as Answers | undefined) ?? emptyAnswers();
}

function answerHere(hook: (hooks: SyncHooks) => void): (call: AnswersCall) => Promise<unknown> {
  const answers = new RememberedAnswers();
  hook({
    resolve(specifier, context, next) {
      const known = answers.resolve(specifier, context);
      if (known) return known;
      const answer = next(specifier, context);
      answers.addResolved(specifier, context, answer);
      return answer;
    },
    load(url, context, next) {
      const known = answers.load(url);
      if (known) return known;
      const answer = next(url, context);
      answers.addLoaded(url, answer);
      return answer;
    },
  });
  return async (call) => {
    if (call.do === 'know') answers.know(call.answers);
    else if (call.do === 'forget') answers.forget(call);
    else if (call.do === 'warm') warmUp(call.tsx);
    else return answers.end();
    return undefined;
  };
}

function warmUp(tsx: string): void {
  const { transformSync } = createRequire(tsx)('esbuild') as {
    transformSync: (text: string) => void;
  };
  transformSync('');
}

function answerInThread(): (call: AnswersCall) => Promise<unknown> {
  const { port1: port, port2 } = new MessageChannel();
  register(new URL('./answers-thread.js', import.meta.url), {
    data: { port: port2 },
    transferList: [port2],
  });
  const waiting = new Map<number, (result: unknown) => void>();
  let calls = 0;
  port.on('message', ({ id, result }: { id: number; result: unknown }) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
    if (waiting.size === 0) port.unref();
  });
  port.unref();
  return (call) => {
    const id = ++calls;
    port.ref();
    port.postMessage({ id, ...call });
    return new Promise((resolve) => waiting.set(id, resolve));
  };
}

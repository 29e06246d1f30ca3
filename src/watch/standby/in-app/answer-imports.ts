import Module from 'node:module';
import { MessageChannel } from 'node:worker_threads';
import { toOwnUrl } from '../../../storage/own-files.ts';
import type { Answers } from '../../protocol.ts';
import {
  type AnswersCall,
  type Loaded,
  RememberedAnswers,
  type ResolveContext,
  type Resolved,
  withoutFrame,
} from './remembered-answers.ts';
import { startCompiler, warmUpLexer } from './warm-up.ts';

type Ask = (call: AnswersCall) => Promise<Answers | undefined>;
type Next<Context, Answer> = (name: string, context: Context) => Answer;

interface SyncHooks {
  resolve: (
    name: string,
    context: ResolveContext,
    next: Next<ResolveContext, Resolved>,
  ) => Resolved;
  load: (url: string, context: object, next: Next<object, Loaded>) => Loaded;
}

const { registerHooks } = Module as unknown as { registerHooks?: (hooks: SyncHooks) => void };

/**
 * Puts what earlier runs were answered in front of tsx, which is asked for the rest: to be called when tsx
 * is loaded. For each import of each module tsx takes up to 2 ms, in another thread on Node 20.
 *
 * @returns tells the hooks something
 */
export function answerImports(): Ask {
  return registerHooks ? answerHere(registerHooks) : answerInThread();
}

/** Not where CommonJS is imported: Node does something else for it when it was not asked itself. */
function answerHere(hook: (hooks: SyncHooks) => void): Ask {
  const answers = new RememberedAnswers();
  hook({
    resolve(specifier, context, next) {
      const known = answers.resolve(specifier, context);
      if (known) return known;
      try {
        const answer = next(specifier, context);
        if (answer.format) answers.addResolved(specifier, context, answer);
        return answer;
      } catch (error) {
        throw withoutFrame(error);
      }
    },
    load(url, context, next) {
      const known = answers.load(url);
      if (known) return known;
      const answer = next(url, context);
      if (answer.format === 'module') answers.addLoaded(url, answer);
      return answer;
    },
  });
  return async (call) => {
    if (call.do === 'warm') startCompiler(call.tsx);
    return answers.hear(call);
  };
}

function answerInThread(): Ask {
  const { port1: port, port2 } = new MessageChannel();
  const thread = toOwnUrl('standalone/answers-thread.js');
  Module.register(thread, { data: { port: port2 }, transferList: [port2] });
  const waiting = new Map<number, (result: Answers | undefined) => void>();
  let calls = 0;
  port.on('message', ({ id, result }: { id: number; result: Answers | undefined }) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
    if (waiting.size === 0) port.unref();
  });
  port.unref();
  return async (call) => {
    if (call.do === 'warm') await warmUpLexer(call.tsx);
    const id = ++calls;
    port.ref();
    port.postMessage({ id, call });
    return new Promise((resolve) => waiting.set(id, resolve));
  };
}

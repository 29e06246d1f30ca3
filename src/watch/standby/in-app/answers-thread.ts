/** Runs in the thread of loader hooks, on a Node that has no others: in front of those of tsx. */
import { createRequire } from 'node:module';
import type { MessagePort } from 'node:worker_threads';
import type { AnswersCall } from './answer-imports.ts';
import {
  RememberedAnswers,
  type Loaded,
  type ResolveContext,
  type Resolved,
} from './remembered-answers.ts';

const answers = new RememberedAnswers();

export function initialize({ port }: { port: MessagePort }): void {
  port.on('message', async ({ id, ...call }: AnswersCall & { id: number }) => {
    const result = await hear(call).catch(() => undefined);
    port.postMessage({ id, result });
  });
  port.unref();
}

async function hear(call: AnswersCall): Promise<unknown> {
  if (call.do === 'know') answers.know(call.answers);
  else if (call.do === 'forget') answers.forget(call);
  else if (call.do === 'warm') await warmUp(call.tsx);
  else return answers.end();
  return undefined;
}

/** tsx starts its compiler, a process of its own, when it meets the first file that has changed. */
async function warmUp(tsx: string): Promise<void> {
  const { transform } = createRequire(tsx)('esbuild') as {
    transform: (text: string) => Promise<unknown>;
  };
  await transform('');
}

type Next<Context, Answer> = (name: string, context: Context) => Promise<Answer>;

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: Next<ResolveContext, Resolved>,
): Promise<Resolved> {
  const known = answers.resolve(specifier, context);
  if (known) return known;
  const answer = await next(specifier, context);
  answers.addResolved(specifier, context, answer);
  return answer;
}

export async function load(
  url: string,
  context: object,
  next: Next<object, Loaded>,
): Promise<Loaded> {
  const known = answers.load(url);
  if (known) return known;
  const answer = await next(url, context);
  answers.addLoaded(url, answer);
  return answer;
}

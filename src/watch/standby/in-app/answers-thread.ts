/** Runs in the thread of loader hooks, on a Node that has no others: in front of those of tsx. */
import { createRequire } from 'node:module';
import type { MessagePort } from 'node:worker_threads';
import {
  RememberedAnswers,
  withoutFrame,
  type AnswersCall,
  type Loaded,
  type ResolveContext,
  type Resolved,
} from './remembered-answers.ts';

const answers = new RememberedAnswers();

export function initialize({ port }: { port: MessagePort }): void {
  port.on('message', async ({ id, call }: { id: number; call: AnswersCall }) => {
    if (call.do === 'warm') await warmUp(call.tsx).catch(() => {});
    port.postMessage({ id, result: answers.hear(call) });
  });
  port.unref();
}

async function warmUp(tsx: string): Promise<void> {
  const esbuild = createRequire(tsx)('esbuild') as { transform: (text: string) => Promise<void> };
  await esbuild.transform('');
}

type Next<Context, Answer> = (name: string, context: Context) => Promise<Answer>;

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: Next<ResolveContext, Resolved>,
): Promise<Resolved> {
  const known = answers.resolve(specifier, context);
  if (known) return known;
  try {
    const answer = await next(specifier, context);
    answers.addResolved(specifier, context, answer);
    return answer;
  } catch (error) {
    throw withoutFrame(error);
  }
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

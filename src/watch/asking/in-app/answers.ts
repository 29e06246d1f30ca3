import { signCookie } from '../../../adopt/cookies/signed-cookies.ts';
import type { NamedSession } from '../../../care/running/questions.ts';
import { resolveOptions } from '../../../options.ts';
import { resolveSupervisedRoot } from '../../../options/supervision.ts';
import type { Walk } from '../../../state/walk/walk.ts';
import { send } from '../../in-app/channel.ts';

let walk: Walk | undefined;

/** Looks at the memory of this process, which stands still meanwhile, and tells what it has found. */
export async function look(id: number): Promise<void> {
  try {
    const { Walk: Looking } = await import('../../../state/walk/walk.ts'); // it needs a parser
    walk ??= new Looking(resolveSupervisedRoot());
    void send({ holdover: 'looked', id, look: walk.look() });
  } catch (error) {
    void send({ holdover: 'looked', id, error: `${(error as Error).message}` });
  }
}

/** Tells the cookie of a session; in production nobody's. */
export async function sign(id: number, session: NamedSession): Promise<void> {
  try {
    const { isProduction } = resolveOptions({}, { onFault: () => {} });
    const cookie = isProduction ? null : await signCookie(session);
    void send({ holdover: 'signed', id, cookie });
  } catch (error) {
    void send({ holdover: 'signed', id, error: `${(error as Error).message}` });
  }
}

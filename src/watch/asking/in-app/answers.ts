import { signCookie } from '../../../adopt/signed-cookies.ts';
import type { NamedSession } from '../../../asking/questions.ts';
import { resolveOptions } from '../../../options.ts';
import { send } from '../../in-app/channel.ts';

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

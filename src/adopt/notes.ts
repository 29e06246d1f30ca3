import { createDebug } from 'obug';
import { resolveOptions, type ResolvedOptions } from '../options.ts';
import type { Chronicle } from '../history/chronicle.ts';
import { currentHost } from './host.ts';
import type { SessionCookieName } from '../history/session-cookie.ts';

const debug = createDebug('holdover:history');

/** What a framework is told of its cookie. */
interface CookieOptions {
  secure?: unknown;
  sameSite?: unknown;
}

/** Notes that a framework has got a store of ours. */
export function noteStore(framework: string, how: 'adopted' | 'named'): void {
  note((chronicle) => chronicle.add(() => ({ at: Date.now(), what: 'store', framework, how })));
}

/** Notes that the sessions of a framework end with the process, and why. */
export function noteLeftAlone(framework: string, reason: string): void {
  note((chronicle) =>
    chronicle.add(() => ({ at: Date.now(), what: 'left alone', framework, reason })),
  );
}

/** Notes that no memory store is adopted, and why. */
export function noteUnadopted(reason: string): void {
  noteLeftAlone('the app', reason);
}

/** Notes what is worth knowing of a cookie, and has it looked at where a session is begun anew. */
export function noteCookie(
  given: Pick<SessionCookieName, 'framework' | 'name' | 'prefix'>,
  secret: unknown,
  { secure = false, sameSite = false }: CookieOptions = {},
): void {
  const { framework, name } = given;
  const texts = [secret].flat().filter((text) => typeof text === 'string' || Buffer.isBuffer(text));
  const secrets = texts.length > 0 ? (texts as (string | Buffer)[]) : undefined;
  const isSecure = secure === true;
  note((chronicle) => {
    chronicle.watchCookie({ ...given, secrets, secure: isSecure });
    chronicle.add((hash) => ({
      at: Date.now(),
      what: 'cookie',
      framework,
      name,
      secure: isSecure,
      sameSite: String(sameSite === true ? 'strict' : sameSite || 'not set').toLowerCase(),
      secret: secrets && hash(secrets.join('\0')),
      secretLength: secrets && Math.min(...secrets.map(({ length }) => length)),
    }));
  });
}

/** What writes it is loaded when there is time: an app that starts does not wait for it. */
function note(write: (chronicle: Chronicle) => void): void {
  let options: ResolvedOptions;
  try {
    const host = currentHost();
    const onFault = (): void => {}; // said where it is needed
    options = host
      ? resolveOptions({}, { entry: host.root, isProduction: false, onFault })
      : resolveOptions({}, { onFault });
  } catch (error) {
    debug('that cannot be noted: %o', error); // said where it is needed
    return;
  }
  if (options.isProduction) return;
  import('../history/chronicle.ts')
    .then(({ openChronicle }) => {
      const type = options.type === 'memory' ? 'filesystem' : options.type; // for what is left alone
      const chronicle = openChronicle({ ...options, type });
      if (chronicle) write(chronicle);
    })
    .catch((error: unknown) => debug('that cannot be noted: %o', error));
}

import { createHmac } from 'node:crypto';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDebug } from 'obug';
import { logToTerminal, resolveOptions } from '../options.ts';

const debug = createDebug('holdover:adopt');

/**
 * Says once when the secret that an app signs its cookies with is another one at every start: then
 * everybody is logged out although the sessions are there. Only a fingerprint is kept of it, made with
 * the project's own key.
 *
 * @param secret as the framework takes it; one that is no text is not looked at
 */
export function watchSecret(framework: string, cookieName: string, secret: unknown): void {
  const texts = [secret].flat();
  if (!texts.every((text) => typeof text === 'string' || Buffer.isBuffer(text))) return;
  const here = new Error(); // oxlint-disable-line unicorn/error-message -- for its stack, which is dear to read
  compare(framework, cookieName, texts as (string | Buffer)[]).then(
    (isDifferent) => isDifferent && logToTerminal(toMessage(framework, findPlace(here))),
    (error: unknown) =>
      debug('the secret could not be compared with that of the last start: %o', error),
  );
}

/** What reads the last one is loaded now: an app does not wait for it. */
async function compare(
  framework: string,
  cookieName: string,
  secrets: (string | Buffer)[],
): Promise<boolean> {
  const { openSecret } = await import('../storage/open.ts');
  const { isDifferentEachTime } = await import('../storage/fingerprints.ts');
  const { root, stateDirectory, sealingSecret } = resolveOptions({}, { onFault: () => {} });
  const key = openSecret(root, 'fingerprint', { stateDirectory, sealingSecret });
  const hash = createHmac('sha256', key);
  for (const secret of secrets) hash.update(secret).update('\0');
  const name = [root, framework, cookieName].join('\n');
  return isDifferentEachTime(stateDirectory, name, hash.digest('hex'));
}

function toMessage(framework: string, place: string | undefined): string {
  return (
    `The secret that ${framework} gets${place ? ` in ${place}` : ''} is another one at every start, so everybody is logged out although the sessions are kept. ` +
    'Keep one: put it into .env as SESSION_SECRET=… (not into git), and give the app that.'
  );
}

const OWN_FOLDER = new URL('.', new URL('..', import.meta.url)).href;

/** Where the app has called: the first line of the stack that is its own, as `src/server.ts:12`. */
function findPlace({ stack }: Error): string | undefined {
  const frames = stack?.split('\n').slice(1) ?? [];
  for (const frame of frames) {
    const [, file = '', line] = /\(?((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/.exec(frame) ?? [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    const isOther = file.startsWith('node:') || /[\\/]node_modules[\\/]/.test(path);
    if (path === '' || isOther || path.startsWith(fileURLToPath(OWN_FOLDER))) continue;
    return `${relative(process.cwd(), path)}:${line}`;
  }
  return undefined;
}

import { createHmac } from 'node:crypto';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDebug } from 'obug';
import { resolveOptions } from '../options.ts';
import { logOnce, logToTerminal } from '../options/terminal.ts';
import { toSecrets } from '../options/values.ts';
import { SPLIT_ADVICE } from '../storage/keys/secrets.ts';

const debug = createDebug('holdover:adopt');

/**
 * Says once when the secret that an app signs its cookies with is another one at every start, or the whole
 * of a SESSION_SECRET with several: then everybody is logged out although the sessions are there. Only a
 * fingerprint is kept of it, made with the project's own key.
 *
 * @param secret as the framework takes it; one that is no text is not looked at
 */
export function watchSecret(framework: string, cookieName: string, secret: unknown): void {
  const texts = [secret].flat();
  if (!texts.every((text) => typeof text === 'string' || Buffer.isBuffer(text))) return;
  const place = (): string => {
    const found = findPlace(here);
    return found ? ` in ${found}` : '';
  };
  const here = new Error(); // oxlint-disable-line unicorn/error-message -- for its stack, which is dear to read
  if (isWholeList(texts)) logOnce(toListMessage(framework, place()));
  compare(framework, cookieName, texts as (string | Buffer)[]).then(
    (isDifferent) => isDifferent && logToTerminal(toMessage(framework, place())),
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
  const { openSecret } = await import('../storage/keys/key.ts');
  const { isDifferentEachTime } = await import('../storage/keys/fingerprints.ts');
  const { root, stateDirectory, sealingSecret } = resolveOptions({}, { onFault: () => {} });
  const key = openSecret(root, 'fingerprint', { stateDirectory, sealingSecret });
  const hash = createHmac('sha256', key);
  for (const secret of secrets) hash.update(secret).update('\0');
  const name = [root, framework, cookieName].join('\n');
  return isDifferentEachTime(stateDirectory, name, hash.digest('hex'));
}

/** Whether it is SESSION_SECRET as it is, with several secrets in it. */
function isWholeList([text, ...others]: unknown[]): boolean {
  if (typeof text !== 'string' || others.length > 0 || !text.includes(',')) return false;
  const { secrets } = resolveOptions({}, { onFault: () => {} });
  return toSecrets(text).join(',') === secrets.join(',');
}

function toListMessage(framework: string, place: string): string {
  return `${framework} gets several secrets as one text${place}, so it signs with all of that and refuses what the old secret has signed. ${SPLIT_ADVICE}`;
}

function toMessage(framework: string, place: string): string {
  return (
    `The secret that ${framework} gets${place} is another one at every start, so everybody is logged out although the sessions are kept. ` +
    `Keep one: put it into .env as SESSION_SECRET=… (not into git). ${SPLIT_ADVICE}`
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

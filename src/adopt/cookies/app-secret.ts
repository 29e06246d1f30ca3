import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOwnFile } from '../../storage/own-files.ts';
import { resolveOptions } from '../../options.ts';
import { logOnce, logToTerminal } from '../../options/terminal.ts';
import { toSecrets } from '../../options/values.ts';
import { SPLIT_ADVICE } from '../../storage/keys/secrets.ts';

/**
 * Says once when the secret that an app signs its cookies with is the whole of a SESSION_SECRET with several:
 * then everybody is logged out at the next one, although the sessions are there.
 *
 * @param secret as the framework takes it
 * @param advice how it is given one that stays; of the default it takes a list
 * @param where the app says it, when it does not give it to the framework in a call
 * @returns says that it is another one at every start, with the place in the code
 */
export function watchSecret(
  framework: string,
  secret: unknown,
  advice = SPLIT_ADVICE,
  where?: string,
): () => void {
  const here = new Error(); // oxlint-disable-line unicorn/error-message -- for its stack, which is dear to read
  const place = (): string => {
    if (where !== undefined) return where;
    const found = findPlace(here);
    return found ? ` in ${found}` : '';
  };
  if (advice === SPLIT_ADVICE && isWholeList(secret)) logOnce(toListMessage(framework, place()));
  return () => logToTerminal(toMessage(framework, place(), advice));
}

/** Whether it is SESSION_SECRET as it is, with several secrets in it. */
function isWholeList(secret: unknown): boolean {
  const [text, ...others] = [secret].flat();
  if (typeof text !== 'string' || others.length > 0 || !text.includes(',')) return false;
  const { secrets } = resolveOptions({}, { onFault: () => {} });
  return toSecrets(text).join(',') === secrets.join(',');
}

function toListMessage(framework: string, place: string): string {
  return `${framework} gets several secrets as one text${place}, so it signs with all of that and refuses what the old secret has signed. ${SPLIT_ADVICE}`;
}

function toMessage(framework: string, place: string, advice: string): string {
  return (
    `The secret that ${framework} gets${place} is another one at every start, so everybody is logged out although the sessions are kept. ` +
    `Keep one: put it into .env as SESSION_SECRET=… (not into git). ${advice}`
  );
}

/** Where the app has called: the first line of the stack that is its own, as `src/server.ts:12`. */
function findPlace({ stack }: Error): string | undefined {
  const frames = stack?.split('\n').slice(1) ?? [];
  for (const frame of frames) {
    const [, file = '', line] = /\(?((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/.exec(frame) ?? [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    const isOther = file.startsWith('node:') || /[\\/]node_modules[\\/]/.test(path);
    if (path === '' || isOther || isOwnFile(path)) continue;
    return `${relative(process.cwd(), path)}:${line}`;
  }
  return undefined;
}

import { toCauseLine } from '../../../mcp/messages/cause.ts';
import type { Exit } from '../../exit.ts';
import type { ReportedError } from '../../protocol.ts';

export { RESTARTED } from '../../../mcp/messages/json-rpc.ts';

export const TOO_LONG =
  'A message of more than 64 MB was dropped: holdover passes on shorter ones.';

export const STRAY =
  'The server prints to stdout, where its client reads. Those lines go to stderr: print them there, by console.error.';

/** An error that the app has heard of itself belongs to its end only so long before it, in milliseconds. */
const STALE_AFTER = 10_000;

/** What a client is told of a server that has ended by itself. */
export interface Failure {
  /** In place of an answer to what was in flight. */
  inFlight: string;
  /** To what it asks until the server runs again. */
  later: string;
}

/**
 * Tells how a server has ended, in the words of its error.
 *
 * @param reported the last error that the run has told of
 * @param tail the end of what the server has printed to stderr, where that is seen
 */
export function toFailure(exit: Exit, reported: ReportedError | undefined, tail: string): Failure {
  const isStale = reported?.isHandled && Date.now() - reported.at > STALE_AFTER;
  const error = isStale ? undefined : reported;
  const cause = error ? toCause(error) : toHow(exit);
  const again = `It starts again when ${error ? 'its code is mended' : 'one of its files is saved'}.`;
  const printed =
    tail || (error ? `${error.where}${toCause(error)}\n${error.stack}`.trimEnd() : '');
  const details = printed === '' ? '' : `\n\n${printed}`;
  return {
    inFlight: `The server ended while this request was running: ${cause}. ${again}${details}`,
    later: `The server does not run: ${cause}. ${again}${details}`,
  };
}

function toCause({ name, message }: ReportedError): string {
  return toCauseLine(`${name}: ${message}`);
}

function toHow({ code, signal }: Exit): string {
  return signal ? `it was ended by ${signal}` : `it exited with code ${code}`;
}

/** What there is to say of a server that does not go on with its client as it was. */
export function toRefused(message: string): string {
  return `The server refuses the \`initialize\` of its client: ${message}. Connect the client anew.`;
}

export function toOtherVersion(was: unknown, is: unknown): string {
  return `The server speaks MCP ${String(is)} now, and its client goes on with ${String(was)}. Connect the client anew.`;
}

export function toOtherCapabilities(names: string[]): string {
  return `The server has other capabilities now (${names.join(', ')}). Its client learns of them when it connects anew.`;
}

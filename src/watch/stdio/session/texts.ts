export { RESTARTED } from '../../../mcp/messages/json-rpc.ts';

export const TOO_LONG =
  'A message of more than 64 MB was dropped: holdover passes on shorter ones.';

export const UNANSWERED =
  'The server does not answer the `initialize` of its client. It goes on when it answers, or when its code is mended.';

export const STRAY =
  'The server prints to stdout, where its client reads. Those lines go to stderr: print them there, by console.error.';

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

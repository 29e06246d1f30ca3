import type { Message } from '../../../mcp/messages/json-rpc.ts';
import { toLine } from './said.ts';

/** Where what is said in a session goes. */
export interface Outlets {
  /** A line for the client. */
  toClient: (line: Buffer | string) => void;
  /** A line of the server that is no message. */
  onStray: (line: Buffer) => void;
  /** Something for the person at the terminal. */
  say: (sentence: string) => void;
  /** A run of the server answers; so many requests had waited for it. */
  onAnswer: (held: number) => void;
}

/** Tells a client what its server has not said. */
export function tell({ toClient }: Outlets, messages: Message[]): void {
  for (const message of messages) toClient(toLine(message));
}

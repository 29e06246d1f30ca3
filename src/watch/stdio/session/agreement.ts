import {
  afterMessage,
  toListChanges,
  toSettings,
  type Handshake,
} from '../../../mcp/messages/handshake.ts';
import type { Message, Request } from '../../../mcp/messages/json-rpc.ts';
import { toLine } from './said.ts';
import type { Server } from './server.ts';
import { toOtherCapabilities, toOtherVersion, toRefused } from './texts.ts';

/** What of a server's answer to `initialize` counts for its client. */
interface Result {
  protocolVersion?: unknown;
  capabilities?: Record<string, unknown>;
}

/** What was said between a client and its server that a next run has to know, or has to be asked first. */
export interface Agreement {
  /** The client has said that it is ready. */
  isInitialized: boolean;
  /** The client has asked for something that lasts, maybe. */
  hear: (message: Message) => void;
  /**
   * Tells a new run of the server what its client has said. A server that refuses it may serve all the same.
   *
   * @param say hears what is another way than it was for the client
   * @returns what the client is to hear; nothing is heard of a run that ends before it has answered
   */
  renew: (server: Server, say: (sentence: string) => void) => Promise<Message[]>;
}

/** In the protocols to 2025-11-25 client and server greet each other, and it holds for the next runs. */
export class Greeting implements Agreement {
  isInitialized = false;
  #handshake: Handshake;
  readonly #result: Result;

  /** @param result what the client was answered */
  constructor(initialize: Request, result: unknown) {
    this.#handshake = { initialize };
    this.#result = (result ?? {}) as Result;
  }

  hear(message: Message): void {
    this.#handshake = afterMessage(this.#handshake, message);
  }

  async renew(server: Server, say: (sentence: string) => void): Promise<Message[]> {
    const { error, result = this.#result } = await server.ask(this.#handshake.initialize);
    if (error) say(toRefused(error.message));
    else for (const sentence of this.#compare(result as Result)) say(sentence);
    if (this.isInitialized) {
      server.write(toLine({ jsonrpc: '2.0', method: 'notifications/initialized' }));
    }
    for (const setting of toSettings(this.#handshake)) void server.ask(setting);
    return toListChanges(result);
  }

  #compare({ protocolVersion, capabilities = {} }: Result): string[] {
    const was = this.#result;
    const names = Object.keys(capabilities).sort();
    const isSame =
      names.join() ===
      Object.keys(was.capabilities ?? {})
        .sort()
        .join();
    const isVersion = protocolVersion === was.protocolVersion;
    return [
      ...(isVersion ? [] : [toOtherVersion(was.protocolVersion, protocolVersion)]),
      ...(isSame ? [] : [toOtherCapabilities(names)]),
    ];
  }
}

const VERSION = 'io.modelcontextprotocol/protocolVersion';

/**
 * From the protocol of 2026-07-28 on each request says what there is to know of the client. A new run is
 * asked what it is, so that nothing is given to one that does not start.
 */
export class Discovery implements Agreement {
  isInitialized = true;
  readonly #params: object;

  /** @returns undefined for a request that says nothing of its client */
  static of({ params }: Message): Discovery | undefined {
    const { _meta } = (params ?? {}) as { _meta?: Record<string, unknown> };
    return _meta?.[VERSION] === undefined ? undefined : new Discovery({ _meta });
  }

  private constructor(params: object) {
    this.#params = params;
  }

  hear(): void {}

  async renew(server: Server): Promise<Message[]> {
    await server.ask({ jsonrpc: '2.0', method: 'server/discover', params: this.#params });
    return []; // the client has its own subscription to changes
  }
}

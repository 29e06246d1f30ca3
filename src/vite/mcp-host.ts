import type { ViteDevServer } from 'vite';
import { forgetMcpSessions, holdMcpSessions } from '../mcp/hook/hook.ts';
import { MCP_CLIENTS } from '../session/logins.ts';
import type { SessionHost } from './session-host.ts';

/** Sessions of MCP servers whose code Vite evaluates, over reloads as well as restarts. */
export class McpHost {
  #server: ViteDevServer | undefined;

  /** From now on, in each server of this process: also in that of an app which has Vite as a middleware. */
  start(host: SessionHost): void {
    holdMcpSessions(() => host.open(MCP_CLIENTS));
  }

  /** A server has begun: it evaluates all code anew. */
  serve(server: ViteDevServer): void {
    this.#server = server;
    forgetMcpSessions();
  }

  /** A file has changed, and Vite is about to let go of what it has evaluated of it. */
  change(file: string): void {
    const environments = Object.values(this.#server?.environments ?? {});
    const isServerCode = environments.some(
      ({ config, moduleGraph }) =>
        config.consumer === 'server' && (moduleGraph.getModulesByFile(file)?.size ?? 0) > 0,
    );
    if (!isServerCode) return;
    forgetMcpSessions();
    setImmediate(forgetMcpSessions); // a session of this moment may be one of the code before
  }

  /** Vite has let go of it. */
  update(consumer: string): void {
    if (consumer === 'server') forgetMcpSessions();
  }
}

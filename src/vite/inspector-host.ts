import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { createDebug } from 'obug';
import pc from 'picocolors';
import type { Connect, ViteDevServer } from 'vite';
import { INSPECTOR } from '../history/inside.ts';
import type { Inspector } from '../inspector/inspector.ts';
import { createToken } from '../inspector/token.ts';
import type { HostOptions } from '../options.ts';
import type { RunningApp } from './running.ts';
import type { SessionHost } from './session-host.ts';

const debug = createDebug('holdover:vite');

/** Under these names the inspector answers. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** One for this process: a page that is open goes on after a restart of the server. */
let token: string | undefined;

/** The inspector of a Vite server. It is loaded when somebody opens it. */
export class InspectorHost {
  readonly #options: HostOptions;
  readonly #host: SessionHost;
  readonly #app: RunningApp;
  #inspector: Promise<Inspector> | undefined;

  /** @param options as the app has given them */
  constructor(options: HostOptions, host: SessionHost, app: RunningApp) {
    this.#options = options;
    this.#host = host;
    this.#app = app;
  }

  /** Answers before the app and all that Vite does with `base`, whatever that is. */
  serve(server: ViteDevServer): void {
    token ??= createToken();
    server.middlewares.use(INSPECTOR, (request, response) => this.#handle(request, response));
    if (server.config.server.middlewareMode) server.middlewares.use(this.#toSayer(server));
  }

  /** `➜  Inspector: http://localhost:5173/__holdover/?token=…`, where Vite has an address on this machine. */
  toLine({ resolvedUrls }: ViteDevServer): string | undefined {
    const origins = (resolvedUrls?.local ?? []).map((url) => new URL(url));
    const own = origins.find(({ hostname }) => LOOPBACK.has(hostname));
    return own && toLine(own.origin);
  }

  close(): void {
    void this.#inspector?.then((inspector) => inspector.close());
    this.#inspector = undefined;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    response.removeHeader('Access-Control-Allow-Origin'); // Vite lets all of this machine read the app
    this.#inspector ??= this.#load();
    this.#inspector.then(
      (inspector) => inspector.handle(request, response),
      (error: unknown) => {
        debug('the inspector cannot be loaded: %o', error);
        response.writeHead(500).end();
      },
    );
  }

  async #load(): Promise<Inspector> {
    const { Inspector: Loaded } = await import('../inspector/inspector.ts');
    const { type, root } = this.#host.options;
    const { keep: _, inspector: __, ...options } = this.#options;
    return new Loaded({ ...options, type, root, pid: process.pid }, token ?? createToken());
  }

  /** The app has a server of its own, whose address is known by the first request that it hands on. */
  #toSayer({ config }: ViteDevServer): Connect.NextHandleFunction {
    let isSaid = false;
    return ({ socket, originalUrl, url }, _response, next) => {
      if (!isSaid && socket.localPort !== undefined && originalUrl === url) {
        isSaid = true;
        const scheme = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
        const origin = `${scheme}://localhost:${socket.localPort}`;
        this.#app.setUrl(`${origin}/`);
        config.logger.info(toLine(origin));
      }
      next();
    };
  }
}

/** As Vite prints its own addresses. */
function toLine(origin: string): string {
  const url = `${origin}${INSPECTOR}?token=${token}`;
  const shown = url.replace(/:(\d+)\//, (_, port: string) => `:${pc.bold(port)}/`);
  return `  ${pc.green('➜')}  ${pc.bold('Inspector')}: ${pc.cyan(shown)}`;
}

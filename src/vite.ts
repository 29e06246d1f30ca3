/**
 * `plugins: [holdover()]` in `vite.config.ts`: the in-memory session stores of server code that runs
 * inside a Vite server are adopted, so that sessions survive every kind of reload. It has no part in
 * `vite build`.
 */
import { join, resolve } from 'node:path';
import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { addHost, runInHost } from './adopt/host.ts';
import { adoptMemoryStores } from './adopt/memory-stores.ts';
import { resolveAdoption, resolveOptions, type Options } from './options.ts';
import { adoptHonoSessionsOf } from './vite/hono-sessions.ts';
import { hideDirectory, isHidden, refuseHidden } from './vite/hidden-directory.ts';
import { adoptInlinedPackages } from './vite/inlined-packages.ts';
import { SessionHost } from './vite/session-host.ts';
import { listShortcut, printWithUrls } from './vite/terminal.ts';

export type { Options } from './options.ts';

/** The servers that a plugin of ours takes part in: it may be named twice. */
const served = new WeakSet<ViteDevServer | PreviewServer>();

/** The roots that this process has served. */
const roots = new Set<string>();

/**
 * Keeps the sessions of server code inside Vite: over an edit of any module, a restart of the server,
 * and the end of the process. Adopts the memory stores of express-session, @fastify/session and
 * hono-sessions; an app that brings a store of its own is left alone, and with `SESSION_TYPE=memory`
 * every app is.
 *
 * @param options where sessions lie and how long they last; all have defaults
 * @throws Error, in one sentence, when Vite reads its configuration, for an option or a directory that
 * cannot be used
 */
export default function holdover(options: Options = {}): Plugin {
  let host: SessionHost;
  let announce = (): void => {};

  async function takePart(server: ViteDevServer | PreviewServer): Promise<void> {
    if (served.has(server)) return;
    served.add(server);
    server.middlewares.use(refuseHidden(host.root, host.options.directory));
    if (!resolveAdoption(false)) return;
    server.middlewares.use((_request, _response, next) => runInHost(host, next));
    await printWithUrls(server, host);
  }

  return {
    name: 'holdover',
    apply: 'serve',
    enforce: 'pre',
    ...adoptInlinedPackages(),
    config({ root = '.', server }) {
      if (server?.watch === null) return; // merged with anything it would be watching again
      const resolved = resolveOptions(options, resolve(root));
      const own = [resolved.directory, join(resolved.root, '.holdover')];
      const isOwn = (path: string): boolean => own.some((folder) => isHidden(path, folder));
      return { server: { watch: { ignored: [isOwn] } } };
    },
    async configResolved(config) {
      host = new SessionHost(resolve(config.root), options, (message) =>
        config.logger.info(message, { timestamp: true }),
      );
      hideDirectory(config, host.options.directory);
      if (!resolveAdoption(false)) return;
      addHost(host);
      adoptMemoryStores(resolve(host.root, 'index.js'));
      await adoptHonoSessionsOf(host.root);
    },
    async configureServer(server) {
      if (served.has(server)) return;
      await takePart(server);
      server.bindCLIShortcuts({ customShortcuts: [listShortcut(host)] });
      const { logger, server: serverOptions } = server.config;
      const hasNoUrls = serverOptions.middlewareMode || roots.has(host.root);
      const heldOver = hasNoUrls ? await host.heldOver() : undefined;
      if (heldOver) announce = () => logger.info(heldOver, { timestamp: true });
      roots.add(host.root);
    },
    async configurePreviewServer(server) {
      if (served.has(server)) return;
      await takePart(server);
      server.bindCLIShortcuts({ customShortcuts: [listShortcut(host)] });
    },
    buildStart() {
      announce();
      announce = () => {};
    },
  };
}

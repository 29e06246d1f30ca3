/**
 * `plugins: [holdover()]` in `vite.config.ts`: the in-memory session stores of server code that runs
 * inside a Vite server are adopted, so that sessions survive every kind of reload. It has no part in
 * `vite build`.
 */
import { join, resolve } from 'node:path';
import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { findUnknownOption } from './options/manifest.ts';
import type { HostOptions } from './options.ts';
import {
  hideFolders,
  refuseHidden,
  toHiddenFolders,
  type HiddenFolders,
} from './vite/hidden-folders.ts';
import { toPrintable } from './session/display/printable.ts';
import { onStateRehydrated } from './state/told.ts';
import { isInside } from './storage/files/inside.ts';
import { checkWritable } from './storage/files/writable.ts';
import { InspectorHost } from './vite/inspector-host.ts';
import { checkVite } from './vite/check-vite.ts';
import { keepModules } from './vite/kept-modules.ts';
import { McpHost } from './vite/mcp-host.ts';
import { runningApp, type RunningApp } from './vite/running.ts';
import { SessionHost } from './vite/session-host.ts';
import { printWithUrls, sayHeldOver, sayValues } from './vite/terminal.ts';

export type { HostOptions, Options } from './options.ts';

/** The servers that a plugin of ours takes part in: it may be named twice. */
const served = new WeakSet<ViteDevServer | PreviewServer>();

/** The roots that a server of this process has listened for. */
const roots = new Set<string>();

/** Calls when a server listens; of one that never does, when it is made. */
function whenListening({ httpServer }: ViteDevServer, call: () => void): void {
  if (httpServer) httpServer.once('listening', call);
  else setImmediate(call);
}

/** Lets commands and the inspector ask. The start of Vite does not wait for it. */
async function answer({ root, options }: SessionHost, isProduction: boolean): Promise<void> {
  const { answerCommands } = await import('./vite/answers.ts');
  answerCommands(options.root, root, isProduction);
}

/**
 * Keeps the sessions of server code inside Vite: over an edit of any module, a restart of the server,
 * and the end of the process. Adopts the memory stores of express-session, @fastify/session and
 * hono-sessions; an app that brings a store of its own is left alone, and with `SESSION_TYPE=memory`
 * every app is; so is everything in a run of Vitest.
 *
 * @param options where sessions lie and how long they last; all have defaults
 * @throws Error, in one sentence, when Vite reads its configuration, for an option or a directory that
 * cannot be used, and for a Vite that is too old
 */
export default function holdover(options: HostOptions = {}): Plugin {
  let isAdopting = false;
  let host: SessionHost;
  let hidden: HiddenFolders = [];
  /** Folders that Vite does not watch. */
  let own: string[] = [];
  let announce = (): void => {};
  const mcp = new McpHost();
  let app: RunningApp | undefined;
  let inspector: InspectorHost | undefined;

  function takePart(
    server: ViteDevServer | PreviewServer,
    toNext = (): string | undefined => undefined,
  ): void {
    served.add(server);
    server.middlewares.use(refuseHidden(server, hidden));
    if (!isAdopting) return;
    server.middlewares.use((_request, _response, next) => host.run(next));
    printWithUrls(server, host.options, toNext);
  }

  const plugin: Plugin = {
    name: 'holdover',
    apply: 'serve',
    enforce: 'pre',
    config({ server }) {
      if (server?.watch === null) return; // merged with anything it would be watching again
      const isOwn = (path: string): boolean => own.some((folder) => isInside(path, folder));
      return { server: { watch: { ignored: [isOwn] } } };
    },
    async configResolved(config) {
      checkVite(config);
      const unknown = findUnknownOption('holdover() in the configuration of Vite', options, true);
      if (unknown !== undefined) throw new Error(unknown);
      const { logger } = config;
      host = new SessionHost(
        resolve(config.root),
        options,
        (message) => logger.info(toPrintable(message), { timestamp: true }),
        (message) => logger.warnOnce(toPrintable(message), { timestamp: true }),
      );
      const { directory, stateDirectory, root } = host.options;
      own = [directory, stateDirectory, join(root, '.holdover'), join(host.root, '.holdover')];
      hidden = toHiddenFolders(config, host.options);
      hideFolders(config, hidden);
      // Tests run in workers, and each begins with no sessions.
      const isTest = config.plugins.some(({ name }) => name === 'vitest');
      isAdopting = host.options.type !== 'memory' && !isTest;
      if (!isAdopting) return;
      if (host.options.type === 'filesystem') checkWritable(host.options.directory);
      host.adopt();
      mcp.start(host);
      const transform = await keepModules(host, (sentence) => {
        logger.warnOnce(sentence, { timestamp: true });
      });
      if (transform) plugin.transform = transform; // a hook that no module needs costs each one a call
    },
    configureServer(server) {
      if (served.has(server)) return;
      const { logger, server: serverOptions, isProduction } = server.config;
      mcp.serve(server);
      if (isAdopting) {
        app = runningApp(host.root);
        app.serve(server);
        const isInspected = host.options.inspector && !isProduction;
        if (isInspected) inspector = new InspectorHost(options, host, app);
        inspector?.serve(server);
      }
      takePart(server, () => inspector?.toLine(server));
      const isAlone = !serverOptions.middlewareMode;
      const isPrinted = isAlone && !roots.has(host.root); // with the addresses
      if (isAdopting && !isPrinted) announce = () => void sayHeldOver(logger, host.options);
      onStateRehydrated(sayValues(logger));
      if (isAdopting) whenListening(server, () => void answer(host, isProduction));
      server.httpServer?.once('listening', () => roots.add(host.root));
    },
    configurePreviewServer(server) {
      if (!served.has(server)) takePart(server);
    },
    watchChange(file) {
      mcp.change(file);
      app?.change(file);
    },
    hotUpdate({ modules, file, timestamp }) {
      const { consumer } = this.environment.config;
      if (modules.length === 0) return;
      mcp.update(consumer);
      if (consumer === 'server') app?.update(file, timestamp);
    },
    buildEnd() {
      inspector?.close();
    },
    buildStart() {
      announce();
      announce = () => {};
    },
  };
  return plugin;
}

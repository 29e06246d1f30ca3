import { existsSync } from 'node:fs';
import pc from 'picocolors';
import type { Logger, PreviewServer, ViteDevServer } from 'vite';
import type { ResolvedOptions } from '../options.ts';
import { addValues, NO_VALUES, type ValuesPutBack } from '../state/told.ts';

/** `3 sessions · 2 MCP clients held over`; `undefined` when there is none, and for Redis, where none is counted. */
async function toHeldOver(options: ResolvedOptions): Promise<string | undefined> {
  if (options.type !== 'filesystem' || !existsSync(options.directory)) return undefined;
  const { formatHeldOver } = await import('../adopt/held-over/describe.ts');
  const { countAllClients, countAllSessions } = await import('../storage/survey/count.ts');
  const sessions = await countAllSessions(options);
  const clients = await countAllClients(options);
  const areSome = sessions.count > 0 || sessions.isMore;
  return formatHeldOver({ sessions: areSome ? sessions : undefined, clients });
}

/** Says what was held over, of a server that prints no addresses. */
export async function sayHeldOver(logger: Logger, options: ResolvedOptions): Promise<void> {
  const heldOver = await toHeldOver(options);
  if (heldOver) logger.info(heldOver, { timestamp: true });
}

/**
 * `➜  Sessions: 3 held over  (.holdover/sessions)`, below the addresses of a server, whenever it prints them.
 * They are counted when it listens: the start of Vite does not wait for that.
 *
 * @param toNext what stands beneath it
 */
export function printWithUrls(
  server: ViteDevServer | PreviewServer,
  options: ResolvedOptions,
  toNext: () => string | undefined,
): void {
  const { printUrls } = server;
  server.printUrls = () => {
    printUrls.call(server);
    void print();
  };
  const print = async (): Promise<void> => {
    const place = await formatPlace(await toHeldOver(options), options);
    const line = `  ${pc.green('➜')}  ${pc.bold('Sessions')}: ${place}`;
    for (const each of [line, toNext()]) if (each) server.config.logger.info(each);
  };
}

/**
 * Says `2 values held over` when they were put back into the memory of the app: Vite evaluates its modules
 * when somebody asks for a page.
 *
 * @returns is told how many more, and says those in one line that come together
 */
export function sayValues(logger: Logger): (values: ValuesPutBack) => void {
  let untold = NO_VALUES;
  return (values) => {
    if (untold.count === 0) setTimeout(() => void say(), 0).unref();
    untold = addValues(untold, values);
  };

  async function say(): Promise<void> {
    const { formatHeldOver } = await import('../adopt/held-over/describe.ts');
    const line = formatHeldOver({ values: untold });
    untold = NO_VALUES;
    if (line) logger.info(line, { timestamp: true });
  }
}

async function formatPlace(
  heldOver: string | undefined,
  options: ResolvedOptions,
): Promise<string> {
  if (options.type === 'redis') {
    const { displayRedis } = await import('../storage/redis/open.ts');
    return `kept in ${displayRedis(options.redis)}`;
  }
  const count = heldOver?.replace(/ sessions?/, '') ?? 'none yet';
  return `${count}  ${pc.dim(`(${options.displayDirectory})`)}`;
}

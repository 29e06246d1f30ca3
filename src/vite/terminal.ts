import pc from 'picocolors';
import type { CLIShortcut, Logger, PreviewServer, ViteDevServer } from 'vite';
import type { SessionHost } from './session-host.ts';

/** How many sessions are listed. */
const LONGEST_LIST = 50;

/** How much of a session id, which is a secret, is shown. */
const SHOWN = 6;

/** `3 held over  (.holdover/sessions)`, below the addresses of a server, whenever it prints them. */
export async function printWithUrls(
  server: ViteDevServer | PreviewServer,
  host: SessionHost,
): Promise<void> {
  const { printUrls } = server;
  const heldOver = await host.heldOver();
  const text = heldOver?.replace(/ sessions?/, '') ?? 'none yet';
  const directory = pc.dim(`(${host.options.displayDirectory})`);
  server.printUrls = () => {
    printUrls.call(server);
    server.config.logger.info(`  ${pc.green('➜')}  ${pc.bold('Sessions')}: ${text}  ${directory}`);
  };
}

/** The shortcut that lists the live sessions. */
export function listShortcut<T extends ViteDevServer | PreviewServer>(
  host: SessionHost,
): CLIShortcut<T> {
  return {
    key: 's',
    description: 'list the live sessions',
    action: (server: T) => listSessions(server.config.logger, host),
  };
}

async function listSessions(logger: Logger, host: SessionHost): Promise<void> {
  const { default: ms } = await import('ms');
  const lines: string[] = [];
  let count = 0;
  for await (const { id, created, expires } of host.all()) {
    if (count++ >= LONGEST_LIST) continue;
    const age = ms(Date.now() - created, { long: true });
    const left = ms(expires - Date.now(), { long: true });
    lines.push(`  ${pc.bold(`${id.slice(0, SHOWN)}…`)}  created ${age} ago, expires in ${left}`);
  }
  const more = count > LONGEST_LIST ? [`  and ${count - LONGEST_LIST} more`] : [];
  const title = count === 0 ? '\n  No live sessions' : '\n  Live sessions';
  logger.info([title, ...lines, ...more].join('\n'));
}

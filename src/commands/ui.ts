import type { CAC } from 'cac';
import pc from 'picocolors';
import { resolveProject } from '../care/project.ts';
import { logToTerminal } from '../options/terminal.ts';
import { toPrintableJson } from '../session/display/printable.ts';
import { addCareFlags, toCareOptions, type CareFlags } from './care-flags.ts';

interface Flags extends CareFlags {
  port?: unknown;
}

/** Adds `holdover ui` to the command line. */
export function addUiCommand(cli: CAC): void {
  addCareFlags(cli.command('ui', 'See sessions, restarts and logouts on a page in your browser'))
    .option('--port <number>', 'The port of the page, where it is not to be any that is free')
    .example('holdover ui')
    .action(ui);
}

/**
 * Serves the page until Ctrl-C.
 *
 * @throws Error, in one sentence, in production, and when the port is taken
 */
async function ui(flags: Flags): Promise<void> {
  const options = toCareOptions(flags);
  if (resolveProject(options).isProduction) {
    throw new Error(
      'NODE_ENV is production, and the page shows and changes every session: it is for development only.',
    );
  }
  const port = toPort(flags.port);
  // Other commands do without it.
  const { listen } = await import('../inspector/listen.ts');
  const { address, close } = await listen(options, port);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void close().then(() => process.exit()));
  }
  if (flags.json) process.stdout.write(`${toPrintableJson({ address })}\n`);
  else process.stdout.write(`  ${pc.green('➜')}  ${pc.bold('Inspector')}: ${pc.cyan(address)}\n`);
  logToTerminal('Whoever has this address may see and change every session. Ctrl-C ends it.');
}

/** @throws Error, in one sentence, for what is no port */
function toPort(port: unknown): number | undefined {
  if (port === undefined) return undefined;
  if (Number.isInteger(port) && (port as number) >= 0 && (port as number) < 65_536)
    return port as number;
  throw new Error(`There is no port ${String(port)}. Name one from 1 to 65535: --port 4000`);
}

import type { CAC } from 'cac';
import type { Flags } from './write.ts';

/** Adds `holdover init` to the command line. */
export function addInitCommand(cli: CAC): void {
  cli
    .command(
      'init',
      'Write holdover watch into the scripts of package.json, and the plugin for Vite',
    )
    .option('--yes', 'Do not ask')
    .option('--undo', 'Take back what was written')
    .action(async (flags: Flags) => (await import('./write.ts')).init(flags)); // later: it needs parsers
}

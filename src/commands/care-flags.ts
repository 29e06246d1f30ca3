import type { Command } from 'cac';
import type { CareOptions } from '../care/project.ts';

/** Flags of all commands that look after sessions. */
export interface CareFlags {
  redis?: boolean;
  namespace?: string | string[];
  who?: string;
  json?: boolean;
}

/** Adds the flags that say whose sessions are meant. */
export function addCareFlags(command: Command): Command {
  return command
    .option('--redis', 'Those in Redis, at REDIS_URL')
    .option('--namespace <name>', 'Only these (repeatable)')
    .option('--who <path>', 'Where a session says whose it is, as account.owner')
    .option('--json', 'Print JSON');
}

/** The project is where the command is run. */
export function toCareOptions({ redis, namespace, who }: CareFlags): CareOptions {
  return {
    root: process.cwd(),
    ...(redis && { type: 'redis' as const }),
    ...(namespace !== undefined && { namespaces: [namespace].flat().map(String) }),
    ...(who !== undefined && { who: String(who) }),
  };
}

/** cac makes a number of what looks like one. */
export function toUser({ user }: { user?: string }): { user?: string } {
  return user === undefined ? {} : { user: String(user) };
}

/** The id that was typed: it may begin with a dash, and then stands after `--`. */
export function toTypedId(id: string | undefined, rest: string[] = []): string | undefined {
  const typed = id ?? rest[0];
  return typed === undefined ? undefined : String(typed);
}

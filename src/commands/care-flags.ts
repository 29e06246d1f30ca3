import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'cac';
import type { CareOptions } from '../care/project.ts';

/** Which project is meant. */
export interface ProjectFlag {
  project?: string;
}

/** Flags of all commands that look after sessions. */
export interface CareFlags extends ProjectFlag {
  redis?: boolean;
  namespace?: string | string[];
  who?: string;
  json?: boolean;
}

/** Adds the flags that say whose sessions are meant. */
export function addCareFlags(command: Command): Command {
  return addProjectFlag(command)
    .option('--redis', 'Those in Redis, at REDIS_URL')
    .option('--namespace <name>', 'Only these (repeatable)')
    .option('--who <path>', 'Where a session says whose it is, as account.owner')
    .option('--json', 'Print JSON');
}

/** Adds the flag that says which project is meant. */
export function addProjectFlag(command: Command): Command {
  return command.option(
    '--project <folder>',
    'The folder of the project, where it is not this one',
  );
}

/**
 * Returns the folder of the project: that of --project, or the current one.
 *
 * @throws Error, in one sentence, when there is no such folder
 */
export function toRoot({ project }: ProjectFlag): string {
  if (project === undefined) return process.cwd();
  const folder = resolve(String(project));
  if (existsSync(folder)) return folder;
  throw new Error(`There is no folder ${project}. Name that of a project: --project packages/api`);
}

/** Whose sessions are meant. */
export function toCareOptions({ redis, namespace, who, project }: CareFlags): CareOptions {
  return {
    root: toRoot({ ...(project !== undefined && { project }) }),
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

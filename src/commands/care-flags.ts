import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'cac';
import { findProjectsBelow, isKnownProject } from '../care/known-projects.ts';
import type { CareOptions } from '../care/project.ts';
import { toDisplay } from '../options/project.ts';
import { logToTerminal } from '../options/terminal.ts';

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
 * The folder of the project that is meant: the one that is named, or where the command is run. Where
 * nothing was run yet, as at the root of a workspace, it is the only one below that holdover knows, which
 * is said.
 *
 * @throws Error, in one sentence, when there is no such folder, or several are known
 */
export function toRoot({ project }: ProjectFlag): string {
  const here = process.cwd();
  if (project !== undefined) {
    const folder = resolve(String(project));
    if (existsSync(folder)) return folder;
    throw new Error(
      `There is no folder ${project}. Name that of a project: --project packages/api`,
    );
  }
  if (isKnownProject(here)) return here;
  const below = findProjectsBelow(here);
  const [only, ...others] = below.map(toDisplay);
  if (only === undefined) return here;
  if (others.length > 0) {
    const names = [only, ...others].join(', ');
    throw new Error(`There are several projects here: ${names}. Name one: --project ${only}`);
  }
  logToTerminal(`This is about ${only}, the only project here that was run with holdover.`);
  return resolve(here, below[0] ?? '');
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

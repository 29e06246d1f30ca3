import { join } from 'node:path';
import { toLayout } from '../storage/directory/layout.ts';
import { checkDirectory } from '../storage/directory/prepare.ts';
import { readManifest } from './manifest.ts';
import { toDisplay } from './project.ts';
import { resolveChosenKeep } from './supervision.ts';
import { readSources, TABLE, type Said, type Source } from './table.ts';

/** Hears, in one sentence, of what cannot be used and is passed over. */
export type OnFault = (sentence: string) => void;

/** What code, the environment and package.json say of each option, in this order. */
export function readSaid(root: string, options: Source['values'], onFault?: OnFault): Said {
  const tolerate = onFault && ((error: Error) => onFault(toMild(error)));
  const sources: Source[] = [
    { is: 'code', values: options, labelOf: (name) => `The option ${name}` },
    {
      is: 'environment',
      values: readEnvironment(),
      labelOf: (name) => TABLE[name].variable ?? TABLE[name].flag ?? name,
    },
    {
      is: 'package.json',
      values: readManifest(root, tolerate),
      labelOf: (name) => `"${name}" under "holdover" in ${toDisplay(join(root, 'package.json'))}`,
    },
  ];
  return readSources(sources, root, (error, source) => {
    if (source.is === 'code' || !tolerate) throw error;
    tolerate(error);
  });
}

/** A variable that is empty is not set. Flags of `holdover watch` are as good as variables. */
function readEnvironment(): Source['values'] {
  const entries = Object.entries(TABLE).map(([name, { variable }]) => [
    name,
    (variable && process.env[variable]) || undefined,
  ]);
  return { ...(Object.fromEntries(entries) as Source['values']), keep: resolveChosenKeep() };
}

/** Whether a directory may be one of sessions; always, where nobody hears that it may not. */
export function mayBeUsed(directory: string, onFault: OnFault | undefined): boolean {
  if (!onFault) return true;
  try {
    checkDirectory(toLayout(directory));
    return true;
  } catch (error) {
    onFault(toMild(error as Error));
    return false;
  }
}

/** Of what is passed over. */
function toMild({ message }: Error): string {
  return `${message.replace(/\.$/, '')}; until then the default is used.`;
}

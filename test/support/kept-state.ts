import { join } from 'node:path';
import { resolveOptions } from '../../src/options.ts';
import { FORM } from '../../src/state/form/version.ts';
import { listState, readState } from '../../src/state/snapshots/stored.ts';
import type { App } from './app.ts';
import { poll } from './poll.ts';

/** The texts that are stored of an app's memory. */
export function readKept({ folder }: Pick<App, 'folder'>): string[] {
  const options = resolveOptions({}, { entry: join(folder, 'package.json') });
  return listState(options, FORM).flatMap(({ app }) => [
    ...(readState(options, { app, version: FORM })?.parts.values() ?? []),
  ]);
}

/** Waits until a text is among what is stored of an app's memory: a kill is survived from then on. */
export async function untilKept(app: Pick<App, 'folder'>, text: string): Promise<void> {
  await poll(() => readKept(app).some((part) => part.includes(text)), { every: 50 });
}

import { join } from 'node:path';
import { resolveOptions } from '../../src/options.ts';
import { listState } from '../../src/state/snapshots/stored.ts';
import type { App } from './app.ts';
import { poll } from './poll.ts';

/** The texts that are stored of an app's memory. */
export function readKept({ folder }: Pick<App, 'folder'>): string[] {
  const options = resolveOptions({}, { entry: join(folder, 'package.json') });
  return listState(options).map(({ left }) => JSON.stringify(left));
}

/** Waits until a text is among what is stored of an app's memory: a kill is survived from then on. */
export async function untilKept(app: Pick<App, 'folder'>, text: string): Promise<void> {
  await poll(() => readKept(app).some((one) => one.includes(text)), { every: 50 });
}

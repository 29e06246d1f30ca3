import { inspect } from 'node:util';
import pc from 'picocolors';
import { resolveProject } from '../../care/project.ts';
import { listResolved } from '../../care/sessions.ts';
import { maskSecrets } from '../../session/display/mask.ts';
import {
  toPrintable,
  toPrintableInspection,
  toPrintableJson,
} from '../../session/display/printable.ts';
import { readKept, type KeptValue } from '../../state/read-kept.ts';
import { toCareOptions, type CareFlags } from '../care-flags.ts';
import { Output } from '../output.ts';
import { toAge, toDate, toLine, toSize } from '../text.ts';
import { toPlain } from './plain.ts';

/** How a value is shown. */
interface ShowFlags extends CareFlags {
  reveal?: boolean;
}

/**
 * Shows a value that is kept of the memory of an app, if there is one of this key.
 *
 * @returns whether there is
 */
export async function showKept(key: string, flags: ShowFlags): Promise<boolean> {
  const resolved = resolveProject(toCareOptions(flags));
  const { values } = readKept(resolved);
  const found = values.filter((one) => one.key === key);
  if (found.length === 0) return false;
  // Apps keep things by the ids of sessions.
  const ids = new Set<string>();
  if (!flags.reveal) for await (const { id } of listResolved(resolved)) ids.add(id);
  const output = new Output();
  for (const one of found) {
    const value = flags.reveal ? one.value : maskSecrets(one.value, '', ids);
    await output.line(flags.json ? toJson(one, value) : toText(one, value));
  }
  await output.end();
  return true;
}

function toText({ key, app, at, size }: KeptValue, value: unknown): string {
  const rows: [string, string][] = [
    ['key', key],
    ['app', app],
    ['written', `${toDate(at)} (${toAge(at)})`],
    ['size', toSize(size)],
  ];
  const lines = rows.map(([name, text]) => toLine([pc.dim(name), toPrintable(text)], [10]));
  const shown = inspect(value, {
    depth: 20,
    maxArrayLength: 1000,
    maxStringLength: 10_000,
    colors: pc.isColorSupported,
  });
  return [...lines, toPrintableInspection(shown)].join('\n');
}

function toJson({ key, app, at, size, type }: KeptValue, value: unknown): string {
  const facts = { key, app, written: toDate(at), size, type };
  return toPrintableJson({ ...facts, value: toPlain(value) }, 2);
}

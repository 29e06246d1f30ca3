import type { ResolvedOptions } from '../../options.ts';
import { fromRecord } from '../../session/record.ts';
import { codeOf } from '../../storage/files/disk.ts';
import { toLayout } from '../../storage/directory/layout.ts';
import { listQuarantined } from '../../storage/directory/quarantine.ts';
import { surveySessions } from '../../storage/survey/survey.ts';
import { displayPlace } from '../project.ts';
import { broken, doubtful, good, type Check } from './check.ts';

/** How far ahead of the clock a record may have been written, in milliseconds. */
const AHEAD = 60_000;

/** Whether all records open, none was set aside, and none is from the future. */
export async function checkRecords(options: ResolvedOptions): Promise<Check[]> {
  const faults = new Map<string, number>();
  const onFault = (fault: string): void => void faults.set(fault, (faults.get(fault) ?? 0) + 1);
  let count = 0;
  let latest = 0;
  for await (const { text, stored, expires } of surveySessions(options, { onFault })) {
    const record = fromRecord(text);
    if (!record) onFault('not a session record');
    else if (expires > Date.now()) count++;
    latest = Math.max(latest, record?.created ?? 0, stored ?? 0);
  }
  const checks = [toReadable(options, count, faults)];
  if (options.type === 'filesystem') checks.push(checkQuarantine(options));
  return [...checks, toClock(latest)];
}

function toReadable(options: ResolvedOptions, count: number, faults: Map<string, number>): Check {
  const name = 'records';
  const areForeign = [...faults.keys()].every(isWrongKey);
  if (faults.size === 0 || (areForeign && options.type === 'redis')) {
    return good(name, `${count.toLocaleString('en')} live, all readable, all seals valid`);
  }
  const found = [...faults].map(([fault, times]) => `${times} (${fault})`).join(', ');
  const make = areForeign && count > 0 ? doubtful : broken;
  return make(
    name,
    `${count.toLocaleString('en')} live; not readable in ${displayPlace(options)}: ${found}.`,
    faults.has('wrong key')
      ? 'Those of another key are left for whoever has it: set SESSION_KEY to it, or run as the user who stored them, with the same HOME and XDG_STATE_HOME. They go when they expire.'
      : 'Their users log in again; holdover sets them aside when they are asked for.',
  );
}

/** In Redis those are somebody else's. */
function isWrongKey(fault: string): boolean {
  return fault === 'wrong key';
}

function checkQuarantine({ directory }: ResolvedOptions): Check {
  const name = 'quarantine';
  const layout = toLayout(directory);
  const { quarantine } = layout;
  let all: ReturnType<typeof listQuarantined>;
  try {
    all = listQuarantined(layout);
  } catch (error) {
    return broken(name, `It cannot be read (${codeOf(error)}).`, `chmod 700 ${quarantine}`);
  }
  if (all.length === 0) return good(name, 'empty');
  const reasons = new Set(all.map(({ reason }) => reason));
  const found = `${all.length} set aside (${[...reasons].join(', ')}).`;
  return doubtful(
    name,
    found,
    `Look into ${quarantine}, and remove what is there: holdover prune.`,
  );
}

function toClock(latest: number): Check {
  const name = 'clock';
  const ahead = latest - Date.now();
  if (ahead <= AHEAD) return good(name, new Date().toISOString());
  return broken(
    name,
    `It is ${new Date().toISOString()} here, and a session is from ${new Date(latest).toISOString()}.`,
    'Set the clock: sessions expire by it.',
  );
}

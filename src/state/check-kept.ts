import { resolveProject, type CareOptions } from '../care/project.ts';
import { doubtful, good, type Check } from '../care/doctor/check.ts';
import { readKept } from './read-kept.ts';

/** Checks whether what is kept of the memory of the app can be read; nothing where nothing is kept. */
export function checkKept(options: CareOptions): Check[] {
  try {
    const { values, faults } = readKept(resolveProject(options));
    if (faults.length === 0) {
      const count = `${values.length} value${values.length === 1 ? '' : 's'}`;
      return values.length === 0 ? [] : [good('memory', `${count} kept`)];
    }
    return faults.map(({ key, reason }) =>
      doubtful(
        'memory',
        `A part of ${key ?? 'the list of what is kept'} cannot be read (${reason})`,
        key === undefined
          ? 'The list before it is used. Nothing is to be done.'
          : `What it held is lost, the rest is not. holdover clear --state ${key} forgets the rest.`,
      ),
    );
  } catch (error) {
    return [doubtful('memory', (error as Error).message, 'Correct that, and look again.')];
  }
}

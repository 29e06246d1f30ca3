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
    return faults.map(({ app, reason }) =>
      doubtful(
        'memory',
        `The last snapshot of ${app} cannot be read (${reason})`,
        'The one before it is used, if there is one.',
      ),
    );
  } catch (error) {
    return [doubtful('memory', (error as Error).message, 'Correct that, and look again.')];
  }
}

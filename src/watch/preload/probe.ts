import { replaceEnvironment } from './environment.ts';
import { Evaluations } from './evaluations.ts';
import { choosePlan, type PreloadPlan } from './plan.ts';
import type { PackageRecord } from './record.ts';
import { Watch } from './watch-evaluations.ts';
import { requireFile } from './watched-globals.ts';

/**
 * Finds out which of the recorded packages may be loaded in advance: loads them all in the same order,
 * with everything watched that a module could look at or leave behind while it is evaluated. For a
 * process that is thrown away, since much of Node is behind a membrane from then on.
 */
export function probe(record: PackageRecord): PreloadPlan {
  const evaluations = new Evaluations();
  const watch = new Watch(evaluations);
  for (const { file, environment } of record.boundaries) {
    const wanted = record.environments[environment];
    if (!wanted || evaluations.findings.has(file)) continue;
    replaceEnvironment(wanted);
    evaluations.environment = environment;
    try {
      requireFile(file);
    } catch {
      // Its offence is noted. Without the app, or before its time, a package may not load.
    }
  }
  watch.stop();
  return choosePlan([...evaluations.findings.values()], record.environments);
}

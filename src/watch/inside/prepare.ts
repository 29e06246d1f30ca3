import { countLoaderHooks } from '../preload/loader-hooks.ts';
import { openShelf, preload } from '../preload/shelf.ts';
import type { PreloadPlan } from '../preload/plan.ts';
import { recordPackages, type PackageRecord } from '../preload/record.ts';
import type { SupervisorMessage } from '../messages.ts';
import { onSupervisorMessage, send } from './channel.ts';
import { importedModules, thinOutReports } from './dependency-reports.ts';
import { linkModules } from './link.ts';
import { warmUp } from './warm-up.ts';

/** Everything that changes how modules are loaded has been loaded itself: tsx, and the hooks. */
let begin: () => void = () => {};
let prepared = new Promise<void>((resolve) => (begin = resolve));
let probe: (record: PackageRecord) => void = () => {};
const probed = new Promise<PackageRecord>((resolve) => (probe = resolve));
let countHooks = (): number => 0;
let take: (() => PackageRecord) | undefined;

/** Loads in advance what the supervisor names. */
export function prepareAsTold(): void {
  onSupervisorMessage((message) => {
    if (message.holdover === 'link') {
      prepared = prepared.then(() => link(message));
    } else if (message.holdover === 'probe') {
      probe(message.record);
    } else if (message.holdover === 'preload') {
      prepared = prepared.then(() => preloadPackages(message.plan));
    }
  });
}

/** From now on modules are loaded as they will be for the app. */
export function beginPreparing(): void {
  begin();
}

async function link({ urls, isOfApp }: Extract<SupervisorMessage, { holdover: 'link' }>) {
  if (isOfApp) thinOutReports();
  else await warmUp(process.argv[1]);
  await linkModules(urls);
  if (!isOfApp) void send({ holdover: 'prepared' });
}

function preloadPackages(plan: PreloadPlan): void {
  const { offender } = preload(plan);
  if (offender !== undefined) void send({ holdover: 'offender', offender });
}

/** The packages to find out about, in a process for that. */
export function whatToProbe(): Promise<PackageRecord> {
  return probed;
}

/** Done with it: what was loaded is there for the entry, and what the entry loads is noted. */
export async function isPrepared(): Promise<void> {
  await prepared;
  thinOutReports();
  countHooks = countLoaderHooks();
  ({ take } = recordPackages());
  openShelf(); // last of all that sees what is evaluated
}

/** Tells the supervisor which packages this run has loaded so far. */
export function reportPackages(): void {
  if (!take) return;
  const hasHooks = countHooks() > 0;
  void send({ holdover: 'packages', record: take(), modules: importedModules(), hasHooks });
}

import { countLoaderHooks } from '../preload/loader-hooks.ts';
import { openShelf, preload } from '../preload/shelf.ts';
import type { PreloadPlan } from '../preload/plan.ts';
import { recordPackages, type PackageRecord } from '../preload/record.ts';
import type { SupervisorMessage } from '../messages.ts';
import { onSupervisorMessage, send } from './channel.ts';
import { importedModules, thinOutReports } from './dependency-reports.ts';
import { linkModules } from './link.ts';
import { warmUp } from './warm-up.ts';

/** Whether there is time: the app has not been told to run. */
let isWanted = true;

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
      next(() => link(message));
    } else if (message.holdover === 'probe') {
      probe(message.record);
    } else if (message.holdover === 'preload') {
      next(() => preloadPackages(message.plan));
    }
  });
}

/** One after the other; what has not begun when the app is to run is left out. */
function next(step: () => Promise<void>): void {
  prepared = prepared.then(() => (isWanted ? step() : undefined)).catch(() => {}); // then it is loaded as ever
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

async function preloadPackages(plan: PreloadPlan): Promise<void> {
  const { offender } = preload(plan);
  if (offender === undefined) return;
  void send({ holdover: 'offender', offender });
  process.channel?.ref();
  await new Promise(() => {}); // the app never runs here: the supervisor ends this process
}

/** The packages to find out about, in a process for that. */
export function whatToProbe(): Promise<PackageRecord> {
  return probed;
}

/** Done with it: what was loaded is there for the entry, and what the entry loads is noted. */
export async function isPrepared(): Promise<void> {
  isWanted = false;
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

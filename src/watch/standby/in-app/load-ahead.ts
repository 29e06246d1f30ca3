import type { SupervisorMessage } from '../../protocol.ts';
import { onSupervisorMessage, send } from '../../in-app/channel.ts';
import { importedModules, thinOutReports } from '../../changes/in-app/quiet-package-reports.ts';
import { linkModules } from './link.ts';
import { countLoaderHooks } from './loader-hooks.ts';
import { warmUp } from './warm-up.ts';

/** Whether there is time: the app has not been told to run. */
let isWanted = true;

/** Everything that changes how modules are loaded has been loaded itself: tsx, and the hooks. */
let begin: () => void = () => {};
let prepared = new Promise<void>((resolve) => (begin = resolve));
let countHooks: (() => number) | undefined;

/** Loads in advance what the supervisor names. */
export function prepareAsTold(): void {
  onSupervisorMessage((message) => {
    if (message.holdover === 'link') next(() => link(message));
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
}

/** Done with it: what was loaded is there for the entry, and what the entry loads is noted. */
export async function isPrepared(): Promise<void> {
  isWanted = false;
  await prepared;
  thinOutReports();
  countHooks = countLoaderHooks();
}

/** Tells the supervisor which packages this run has loaded so far. */
export function reportPackages(): void {
  if (!countHooks) return;
  void send({ holdover: 'packages', modules: importedModules(), hasHooks: countHooks() > 0 });
}

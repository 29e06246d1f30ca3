import { appendFileSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findFreePort } from '../../support/app.ts';
import { removeFolder } from '../../support/temp-folder.ts';
import { AppProcess, type Observation } from './app-process.ts';
import { findDifferences, type Difference } from './differences.ts';
import { isKnown } from './known-differences.ts';
import type { Order } from './order.ts';
import { untilStandby } from './standby.ts';
import { PACKAGES_FOLDER, writeApp } from './write-app.ts';

const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const TSX = pathToFileURL(join(PACKAGES_FOLDER, 'tsx/dist/loader.mjs')).href;

/** What a run of an app sees that it has not seen cold. */
export interface Finding {
  run: string;
  differences: Difference[];
  /** Why there is nothing to compare. */
  failure?: string;
}

interface Place {
  folder: string;
  entry: string;
  files: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * Runs one app cold, and then under `holdover watch` with restarts, and compares what it sees.
 *
 * @param keep leave the app where it was
 */
export async function checkOrder(order: Order, keep: boolean): Promise<Finding[]> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'holdover-real-'));
  try {
    const folder = join(root, 'app');
    const paths = writeApp(folder, order);
    const place: Place = {
      folder,
      entry: paths.at(-1) as string,
      files: paths.slice(-order.files.length),
      env: await toEnvironment(root),
    };
    const cold = await observeCold(place, order);
    return await observeRestarts(place, order, cold);
  } finally {
    if (keep) console.log(`The app is in ${root}`);
    else removeFolder(root);
  }
}

/** Nothing of the one who runs it, or of npm. */
async function toEnvironment(root: string): Promise<NodeJS.ProcessEnv> {
  const { PATH, HOME, XDG_STATE_HOME } = process.env;
  const port = await findFreePort();
  return { PATH, HOME, XDG_STATE_HOME, PORT: String(port), PACKAGES: PACKAGES_FOLDER, ROOT: root };
}

function start(place: Place, name: string, args: string[]): AppProcess {
  const observations = join(place.env.ROOT as string, name);
  mkdirSync(observations);
  const env = { ...place.env, OBSERVATIONS: observations };
  return new AppProcess([...args, place.entry], place.folder, env, observations);
}

async function observeCold(place: Place, order: Order): Promise<Observation> {
  const flags = order.language.endsWith('TypeScript') ? ['--import', TSX] : [];
  const app = start(place, 'cold', flags);
  try {
    return (await app.next()).observation;
  } finally {
    await app.end();
  }
}

async function observeRestarts(place: Place, order: Order, cold: Observation): Promise<Finding[]> {
  const app = start(place, 'watched', [CLI, 'watch']);
  const findings: Finding[] = [];
  let run = 'first run';
  try {
    let seen = await app.next();
    findings.push({ run, differences: findUnknown(cold, seen.observation) });
    for (const [index, saved] of order.saved.entries()) {
      run = `restart ${index + 1}`;
      const standbys = await untilStandby(app.pid, seen.pid);
      appendFileSync(place.files[saved] as string, '// saved\n');
      seen = await app.next();
      const failure = standbys.includes(seen.pid) ? {} : { failure: 'No standby was used.' };
      findings.push({ run, differences: findUnknown(cold, seen.observation), ...failure });
    }
  } catch (error) {
    findings.push({ run, differences: [], failure: (error as Error).message });
  } finally {
    await app.end();
  }
  return findings;
}

function findUnknown(cold: Observation, seen: Observation): Difference[] {
  return findDifferences(cold, seen).filter((difference) => !isKnown(difference));
}

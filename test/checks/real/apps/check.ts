// Apps in the shape of real ones: what they answer and print under holdover is what they do without it,
// but for the login, which stays. And recipes of the documentation, whose login stays by what they say.
//
//   npm run check:apps -- [--app nest] [--keep]
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findFreePort } from '../../../support/app.ts';
import setup from '../../../support/global-setup.ts';
import { RedisServer } from '../../../support/redis-server.ts';
import { removeFolder } from '../../../support/temp-folder.ts';
import { APPS, RECIPES } from './catalog.ts';
import { compare } from './compare.ts';
import { installApps, PACKAGES_FOLDER } from './install.ts';
import type { Place, RealApp } from './real-app.ts';
import { follow, toFiles, type Recipe } from './recipe.ts';
import { play } from './story.ts';

/** Each is run twice at the same time, with and without holdover. */
const AT_ONCE = 2;

const { values } = parseArgs({
  options: { app: { type: 'string' }, keep: { type: 'boolean', default: false } },
});

async function checkAll(): Promise<boolean> {
  installApps();
  const tearDown = setup();
  const waiting = [...APPS, ...RECIPES].filter(({ name }) => name.includes(values.app ?? ''));
  console.log(`${waiting.length} apps, Node ${process.version}`);
  let isGood = waiting.length > 0;
  const checkNext = async (): Promise<void> => {
    for (let app = waiting.shift(); app; app = waiting.shift()) {
      if (!(await check(app))) isGood = false;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, checkNext));
  tearDown();
  return isGood;
}

async function check(app: RealApp | Recipe): Promise<boolean> {
  const began = performance.now();
  const checking = 'title' in app ? checkRecipe(app) : checkApp(app);
  const different = await checking.catch((error: Error) => [error.message]);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${different.length === 0 ? 'passed' : 'FAILED'} ${app.name} (${seconds} s)`);
  for (const line of different) console.log(`  ${line}`);
  return different.length === 0;
}

async function checkApp(app: RealApp): Promise<string[]> {
  const root = createRoot();
  const places: Place[] = [];
  try {
    for (const name of ['plain', 'held']) places.push(await createPlace(join(root, name), app));
    const stories = await Promise.allSettled(
      places.map((place, index) => play(app, place, index === 1)),
    );
    const [plain, held] = stories;
    if (plain?.status === 'fulfilled' && held?.status === 'fulfilled')
      return compare(app, plain.value, held.value);
    return stories.flatMap((story) =>
      story.status === 'rejected' ? [(story.reason as Error).message] : [],
    );
  } finally {
    for (const { redis } of places) await redis?.close();
    leave(root, app.name);
  }
}

async function checkRecipe(recipe: Recipe): Promise<string[]> {
  const root = createRoot();
  try {
    return await follow(recipe, await createPlace(root, { files: toFiles(recipe) }));
  } finally {
    leave(root, recipe.name);
  }
}

function createRoot(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), 'holdover-apps-'));
}

function leave(root: string, name: string): void {
  if (values.keep) console.log(`${name} is in ${root}`);
  else removeFolder(root);
}

/** Nothing of the one who runs it, or of npm. */
async function createPlace(
  root: string,
  app: Pick<RealApp, 'files' | 'needsRedis'>,
): Promise<Place> {
  const folder = join(root, 'app');
  for (const [path, text] of Object.entries(app.files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(PACKAGES_FOLDER, join(folder, 'node_modules'), 'junction');
  const port = String(await findFreePort());
  const redis = app.needsRedis ? await RedisServer.prepare() : undefined;
  await redis?.begin();
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NO_COLOR: '1', PORT: port, XDG_STATE_HOME: join(root, 'state') };
  const url = `http://localhost:${port}`;
  return { folder, url, env: { ...env, ...(redis && { APP_REDIS: redis.url }) }, redis };
}

process.once('SIGINT', () => process.exit(130)); // with all that was started
void checkAll().then((isGood) => {
  process.exitCode = isGood ? 0 : 1;
});

import type { Browser } from '../../../support/browser.ts';
import { poll } from '../../../support/poll.ts';
import { readRecipe } from '../../../support/recipes.ts';
import { toModule, Visitor, type Place, type RealApp } from './real-app.ts';
import { Run } from './run.ts';

/** A recipe of the documentation, and how its app is run. */
export interface Recipe {
  name: string;
  /** The title of its section in the documentation. */
  title: string;
  /** What the app has beside the files of the recipe: `GET /version` answers with the version that is saved. */
  files: Record<string, string>;
  /** The file that is saved. */
  saved: string;
  /** The words after `node`. */
  words: (port: string) => string[];
  logIn: (browser: Visitor, url: string) => Promise<Response>;
  logOut: (browser: Visitor, url: string) => Promise<Response>;
}

/** All files of an app that is made by a recipe. */
export function toFiles({ title, files, saved }: Recipe): Record<string, string> {
  return { ...readRecipe(title), ...files, [saved]: toModule('1') };
}

/** Login, save, kill -9 and logout; what has gone wrong, in lines. */
export async function follow(recipe: Recipe, place: Place): Promise<string[]> {
  const { url } = place;
  const words = recipe.words(new URL(url).port);
  const saved = { path: recipe.saved, toText: toModule };
  const app: Partial<RealApp> = { plain: words, isPlainWatching: true, saved };
  const run = new Run(app as RealApp, place, false);
  const browser = new Visitor(url);
  const runs = (version: string): Promise<unknown> =>
    poll(async () => (await browser.text('/version')) === version, { within: 60_000, every: 25 });
  const greets = async (visitor: Browser = browser): Promise<boolean> =>
    (await visitor.text('/'))?.includes('Hello, ada!') === true;
  const wrong: string[] = [];
  const expect = (is: boolean, line: string): void => void (is || wrong.push(line));
  try {
    await run.begin();
    await runs('1');
    expect(!(await greets()), 'Somebody is logged in before the login.');
    await recipe.logIn(browser, url);
    expect(await greets(), 'The login was of no use.');
    await run.save('2');
    await runs('2');
    expect(await greets(), 'The login is lost by a save.');
    await run.killAndStart();
    await runs('2');
    expect(await greets(), 'The login is lost by kill -9.');
    const thief = browser.clone();
    await recipe.logOut(browser, url);
    expect(!(await greets()), 'The logout was of no use.');
    expect(!(await greets(thief)), 'The cookie is good after the logout.');
    return wrong;
  } catch (error) {
    const printed = `${run.stdout}\n${run.stderr}`.trim().split('\n').slice(-40);
    return [...wrong, (error as Error).message, 'It has printed:', ...printed];
  } finally {
    run.stop();
  }
}

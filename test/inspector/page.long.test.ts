import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { CHROMIUM, openPage } from '../support/chromium.ts';
import { poll } from '../support/poll.ts';
import type { Running } from '../support/running.ts';
import { Rig } from '../support/rig.ts';
import { EXPRESS } from '../vite/subjects.ts';
import { ViteStory, type Me } from '../vite/vite-story.ts';
import { FILES } from './page-app.ts';
import { Tour } from './page-tour.ts';

/** The address of the inspector, once it was printed. */
async function findAddress({ running }: { running: Running }): Promise<string> {
  const [address] = await poll(() => /http:\S+\/__holdover\/\?token=\S+/.exec(running.output));
  return address;
}

/** What the app shows in the browser of the person. */
async function readApp(app: Page, url: string): Promise<string> {
  await app.goto(url);
  return app.locator('p').innerText();
}

describe.skipIf(!CHROMIUM)('the page of the inspector', () => {
  it('shows the app that runs, and changes what it knows of its users', async () => {
    const watched = await Rig.start({
      needsPort: true,
      files: FILES,
      words: ['--ui', 'server.js'],
    });
    const { url } = watched;
    const other = new Browser(url);
    await poll(async () => other.text('/login?user=eve@example.org'));
    const page = await openPage();
    const app = await page.context().newPage();
    expect(await readApp(app, `${url}/login?user=ada@example.org`)).toContain('ada@example.org');
    const tour = new Tour(page, 'watch');
    await page.goto(await findAddress(watched));
    expect(page.url()).not.toContain('token');

    await list(tour);
    await edit(tour, app, url);
    await openAs(tour, 'eve@example.org');
    expect(await readApp(app, url)).toContain('eve@example.org likes it plain');
    await save(tour, watched);
    await crash(tour, watched);
    await tellState(tour);
    await end(tour, 'eve@example.org');
    expect(await readApp(app, url)).toContain('nobody is here');
    await tour.go('Why');
    await page.getByText('The session was destroyed by the inspector at').first().waitFor();
    await tour.look('why');
    expect(tour.complaints).toEqual([]);
  });

  it('does the same inside Vite', async () => {
    const story = await ViteStory.begin(EXPRESS, 'vite');
    const { url } = story.app;
    const page = await openPage();
    const { request } = page.context(); // with the cookies of this browser
    const readUser = async (): Promise<string | undefined> => {
      return ((await (await request.get(`${url}/me`)).json()) as Me).user;
    };
    await story.login('eve');
    await request.post(`${url}/login?user=ada`);
    const tour = new Tour(page, 'vite');
    await page.goto(await findAddress(story));

    await tour.open('ada');
    await tour.change('user', 'grace');
    expect(await readUser()).toBe('grace');
    await openAs(tour, 'eve');
    expect(await readUser()).toBe('eve');

    await tour.go('Restarts');
    story.save('src/version.js', "export const version = '2';\n");
    await story.answers({ version: '2' });
    await page.getByRole('row', { name: 'version.js' }).getByText('update').waitFor();
    await tour.look('restarts');
    await tour.go('State');
    await page.getByRole('heading', { name: 'Nothing is kept of the memory of the app' }).waitFor();
    await tour.go('Doctor');
    await page.locator('.check', { hasText: 'express-session' }).first().waitFor();

    await end(tour, 'eve');
    expect(await readUser()).toBeUndefined();
    await tour.go('Why');
    await page.getByText('The session was destroyed by the inspector at').first().waitFor();
    expect(tour.complaints).toEqual([]);
  });
});

/** Both are there, and can be filtered and sorted. */
async function list(tour: Tour): Promise<void> {
  const { page } = tour;
  const rows = page.locator('.sessions tbody:not(.space) tr');
  await page.getByText('2 sessions').first().waitFor();
  expect(await rows.count()).toBe(2);
  await tour.look('sessions');
  await page.getByRole('searchbox').fill('eve');
  await page.getByText('1 of 2 sessions').first().waitFor();
  expect(await rows.innerText()).toContain('eve@example.org');
  await page.getByRole('searchbox').fill('');
  await page.getByText('2 sessions', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Who' }).click();
  await page.locator('[aria-sort=ascending]', { hasText: 'Who' }).waitFor();
  await poll(async () => /^ada[^]*eve/.test((await rows.allInnerTexts()).join('\n')));
}

/** What is changed on the page is what the app uses from then on. */
async function edit(tour: Tour, app: Page, url: string): Promise<void> {
  const { page } = tour;
  await tour.open('ada@example.org');
  expect(await tour.member('accessToken').innerText()).not.toContain('token of ada');
  await page.getByRole('button', { name: 'Reveal accessToken' }).click();
  await tour.member('accessToken').getByText('"token of ada@example.org"').waitFor();
  await tour.look('session');
  await tour.change('theme', 'festive');
  expect(await readApp(app, url)).toContain('ada@example.org likes it festive');
}

async function openAs(tour: Tour, who: string): Promise<void> {
  await tour.open(who);
  await tour.confirm('Open as…');
  await tour.page.getByText(`This browser is ${who} now.`).waitFor();
}

/** A save is in the list without a press. */
async function save(tour: Tour, watched: Rig): Promise<void> {
  const { page } = tour;
  await tour.go('Restarts');
  await page.getByRole('heading', { name: 'No restart yet' }).waitFor();
  await watched.holds();
  watched.app.write('version.js', "export const version = '2';\n");
  const row = page.getByRole('row', { name: 'version.js' });
  await row.getByText('2 sessions').waitFor();
  expect(await row.getByRole('img').getAttribute('aria-label')).toMatch(/drain \d+ ms, .*entry/);
  await row.click();
  await page.getByRole('heading', { level: 2, name: 'version.js' }).waitFor();
}

async function crash(tour: Tour, watched: Rig): Promise<void> {
  const { page } = tour;
  const broken = "export const version = '3';\nthrow new Error('a mistake on purpose');\n";
  watched.app.write('version.js', broken);
  const row = page.getByRole('row', { name: 'crash' });
  await row.getByRole('link').click();
  const excerpt = page.getByLabel('Source around line 2');
  expect(await excerpt.locator('.is-marked').innerText()).toContain('a mistake on purpose');
  await tour.look('restarts');
  watched.app.write('version.js', "export const version = '4';\n");
  await poll(async () => (await page.locator('.restarts tbody tr').count()) === 3);
}

async function tellState(tour: Tour): Promise<void> {
  const { page } = tour;
  await tour.go('State');
  await page.getByRole('row', { name: 'guests' }).getByText('2 entries').waitFor();
  await tour.look('state');
  await tour.go('Doctor');
  await page.locator('.check', { hasText: 'express-session' }).first().waitFor();
  await tour.look('doctor');
}

async function end(tour: Tour, who: string): Promise<void> {
  await tour.open(who);
  await tour.confirm('Destroy…');
  await tour.page.getByText(`The session of ${who} was destroyed.`).waitFor();
  await tour.page.getByText('1 session', { exact: true }).first().waitFor();
}

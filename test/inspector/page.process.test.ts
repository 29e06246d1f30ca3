import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { CHROMIUM, openPage } from '../support/chromium.ts';
import { IS_LONG } from '../support/depth.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { FILES } from './page-app.ts';
import { Tour } from './page-tour.ts';

/** What the app shows in the browser of the person. */
async function readApp(app: Page, url: string): Promise<string> {
  await app.goto(url);
  return app.locator('p').innerText();
}

describe.skipIf(!CHROMIUM)('the page of the inspector', () => {
  it('lists sessions, changes one and ends it, for everybody to use, by day and by night', async () => {
    const rig = await Rig.start({ files: FILES, words: ['--ui', 'server.js'], needsPort: true });
    const { url } = rig;
    await poll(() => rig.browser.text('/login?user=eve@example.org'));
    const page = await openPage();
    const app = await page.context().newPage();
    expect(await readApp(app, `${url}/login?user=ada@example.org`)).toContain('ada@example.org');
    const tour = new Tour(page, 'watch');
    const [address] = await poll(() => /http:\S+\/__holdover\/\?token=\S+/.exec(rig.output));
    await page.goto(address);
    expect(page.url()).not.toContain('token');

    await list(tour);
    await edit(tour, app, url);
    if (IS_LONG) {
      await openAs(tour, 'eve@example.org');
      expect(await readApp(app, url)).toContain('eve@example.org likes it plain');
      await save(tour, rig);
      await crash(tour, rig);
      await tellState(tour);
      await openAs(tour, 'ada@example.org');
    }
    await end(tour, 'ada@example.org');
    expect(await readApp(app, url)).toContain('nobody is here');
    await tour.go('Why');
    await page.getByText('The session was destroyed by the inspector at').first().waitFor();
    if (IS_LONG) await tour.look('why');
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
  if (IS_LONG) await tour.look('session');
  await tour.change('theme', 'festive');
  expect(await readApp(app, url)).toContain('ada@example.org likes it festive');
}

async function openAs(tour: Tour, who: string): Promise<void> {
  await tour.open(who);
  await tour.confirm('Open as…');
  await tour.page.getByText(`This browser is ${who} now.`).waitFor();
}

/** A save is in the list without a press. */
async function save(tour: Tour, rig: Rig): Promise<void> {
  const { page } = tour;
  await tour.go('Restarts');
  await page.getByRole('heading', { name: 'No restart yet' }).waitFor();
  await rig.holds();
  rig.app.write('version.js', "export const version = '2';\n");
  const row = page.getByRole('row', { name: 'version.js' });
  await row.getByText('2 sessions').waitFor();
  expect(await row.getByRole('img').getAttribute('aria-label')).toMatch(/drain \d+ ms, .*entry/);
  await row.click();
  await page.getByRole('heading', { level: 2, name: 'version.js' }).waitFor();
}

async function crash(tour: Tour, rig: Rig): Promise<void> {
  const { page } = tour;
  const broken = "export const version = '3';\nthrow new Error('a mistake on purpose');\n";
  rig.app.write('version.js', broken);
  const row = page.getByRole('row', { name: 'crash' });
  await row.getByRole('link').click();
  const excerpt = page.getByLabel('Source around line 2');
  expect(await excerpt.locator('.is-marked').innerText()).toContain('a mistake on purpose');
  await tour.look('restarts');
  rig.app.write('version.js', "export const version = '4';\n");
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

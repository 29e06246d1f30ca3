import { describe, expect, it } from 'vitest';
import { CHROMIUM, openPage } from '../support/chromium.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { FILES } from './page-app.ts';
import { Tour } from './page-tour.ts';

describe.skipIf(!CHROMIUM)('the page of the inspector', () => {
  it('lists sessions, changes one and ends it, for everybody to use, by day and by night', async () => {
    const rig = await Rig.start({ files: FILES, words: ['--ui', 'server.js'], needsPort: true });
    const { url } = rig;
    const page = await openPage();
    const app = await page.context().newPage();
    const readApp = async (path = '/'): Promise<string> => {
      await app.goto(url + path);
      return app.locator('p').innerText();
    };
    await poll(() => readApp('/login?user=ada@example.org').catch(() => false));
    await rig.browser.text('/login?user=eve@example.org');
    const [address] = await poll(() => /http:\S+\/__holdover\/\?token=\S+/.exec(rig.output));
    const tour = new Tour(page, 'smoke');
    await page.goto(address);
    expect(page.url()).not.toContain('token');

    await page.getByText('2 sessions').first().waitFor();
    await tour.look('sessions');
    await tour.open('ada@example.org');
    expect(await tour.member('accessToken').innerText()).not.toContain('token of ada');
    await page.getByRole('button', { name: 'Reveal accessToken' }).click();
    await tour.member('accessToken').getByText('"token of ada@example.org"').waitFor();
    await tour.change('theme', 'festive');
    expect(await readApp()).toContain('ada@example.org likes it festive');
    await tour.confirm('Destroy…');
    await page.getByText('The session of ada@example.org was destroyed.').waitFor();
    expect(await readApp()).toContain('nobody is here');
    await tour.go('Why');
    await page.getByText('The session was destroyed by the inspector at').first().waitFor();
    expect(tour.complaints).toEqual([]);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHROMIUM, openPage, takePicture } from '../../support/chromium.ts';
import { share } from '../../support/lifetime.ts';
import { poll } from '../../support/poll.ts';
import { crash, mend, startApp, stateOf } from './crashed.ts';

const SETTINGS = `/** The settings of the environment. */
export const version = readSettings();

function readSettings() {
\tconst text = '<script>document.title = "taken"</script>';
\ttry {
\t\treturn JSON.parse(text);
\t} catch (cause) {
\t\tthrow new TypeError(\`The settings cannot be read: \${text}\`, { cause });
\t}
}
`;

/** A page of another project on this machine. */
async function openOther(html: string): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html').end(html);
  });
  onTestFinished(() => void server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

describe.skipIf(!CHROMIUM)('the crash page in a browser', () => {
  const rig = share(() => startApp());

  it('shows the error, and loads by itself what comes after it', async () => {
    await crash(rig(), SETTINGS);
    const page = await openPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${rig().url}/any?thing=1#part`);
    expect(await page.getByRole('alert').textContent()).toContain(
      'The settings cannot be read: <script>',
    );
    expect(await page.title()).toMatch(/^TypeError: The settings/);
    expect(await page.locator('.is-marked').textContent()).toContain('throw new TypeError');
    expect(await page.locator('.frames a').first().getAttribute('href')).toMatch(
      /^vscode:.*part\.js:9:9$/,
    );
    const width = 'document.documentElement.scrollWidth <= innerWidth';
    for (const [name, size] of [
      ['wide', { width: 1200, height: 900 }],
      ['phone', { width: 375, height: 800 }],
    ] as const) {
      await page.setViewportSize(size);
      expect(await page.evaluate(width)).toBe(true);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await takePicture(page, `crash-${name}-${colorScheme}`, true);
      }
    }
    await crash(rig()); // it failed anew
    await page.getByRole('heading', { name: 'TypeError: a mistake' }).waitFor({ timeout: 90_000 });
    await mend(rig());
    await poll(async () => (await page.locator('body').textContent()) === 'GET mended');
    expect(page.url()).toBe(`${rig().url}/any?thing=1#part`);
    expect(complaints).toEqual([]);
  });

  it('does not load anew while the crash is the same, nor while nobody answers', async () => {
    const own = await startApp();
    await crash(own);
    const page = await openPage();
    await page.goto(own.url);
    await page.evaluate('window.isSame = true');
    await page.waitForResponse(own.url); // it has asked
    await own.killAll();
    await page.waitForEvent('requestfailed');
    await page.waitForEvent('requestfailed'); // it has asked again
    expect(await page.evaluate('window.isSame')).toBe(true);
    own.save('part.js', `export const version = 'back';`);
    own.startAgain();
    await poll(async () => (await page.locator('body').textContent()) === 'GET back');
  });

  it('does not send a form again by itself', async () => {
    await crash(rig());
    const page = await openPage();
    await page.setContent(
      `<form method="post" action="${rig().url}/pay"><button>Pay</button></form>`,
    );
    await page.getByRole('button').click();
    await page.getByRole('alert').waitFor();
    await mend(rig());
    await page.getByText('Reload this page to send the form again').waitFor({ timeout: 90_000 });
    expect(await page.getByRole('alert').textContent()).toContain('TypeError: a mistake');
  });

  it('starts the app by its button, again where it fails again, and says when nothing was started', async () => {
    const SWITCH = `import { existsSync } from 'node:fs';
      export const version = 'switched';
      if (!existsSync('switch.txt')) throw new Error('not yet');`;
    await crash(rig(), SWITCH);
    const page = await openPage();
    await page.goto(rig().url);
    for (const [name, width, colorScheme] of [
      ['light', 1200, 'light'],
      ['dark', 1200, 'dark'],
      ['360-light', 360, 'light'],
      ['360-dark', 360, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await takePicture(page, `killed-${name}`, true);
    }
    const button = page.getByRole('button', { name: 'Try again' });
    const before = await stateOf(rig());
    await button.click();
    await poll(async () => ![before, null].includes(await stateOf(rig())));
    await page.route('**/try-again', (route) => route.fulfill({ status: 404 }));
    await page.getByText('not yet').first().waitFor({ timeout: 90_000 });
    await poll(() => button.isEnabled());
    await button.click();
    await page.getByText('press Enter').waitFor({ timeout: 90_000 });
    expect(await button.isEnabled()).toBe(true);
    await page.unroute('**/try-again');
    rig().app.write('switch.txt', '');
    await button.click();
    await poll(async () => (await page.locator('body').textContent()) === 'GET switched');
    await rig().printed(/\[holdover\] Try again /);
  });

  it('has no button for a page around it, nor takes its request from a page of another port', async () => {
    await crash(rig());
    const state = await stateOf(rig());
    const other = await openOther(`<!doctype html>
      <iframe src="${rig().url}"></iframe>
      <script>
        const post = (options) =>
          fetch('${rig().url}/__holdover/try-again', { method: 'POST', ...options }).then(() => 'read', () => 'refused');
        const headers = { 'x-holdover-try-again': '${state}' };
        window.tried = Promise.all([post({ headers }), post({ mode: 'no-cors' })]);
      </script>`);
    const page = await openPage();
    await page.goto(other);
    const frame = page.frameLocator('iframe');
    await frame.getByText('a mistake').first().waitFor({ timeout: 90_000 });
    await page.frames()[1]?.waitForLoadState('load'); // its script has run
    expect(await frame.getByRole('button').count()).toBe(0);
    expect(await page.evaluate('window.tried')).toEqual(['refused', 'refused']);
    expect(await stateOf(rig())).toBe(state);
  });
});

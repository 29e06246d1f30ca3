import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHROMIUM, openPage, takePicture } from '../../support/chromium.ts';
import { poll } from '../../support/poll.ts';
import { createCrash, run } from './crashing.ts';
import { openFront, type Front } from './front.ts';

const APP = `import { createServer } from 'node:http';
import { readSettings } from './settings.js';

interface Settings {
  port: number;
}

const settings: Settings = readSettings();
createServer((request, response) => response.end('hello')).listen(settings.port);
`;
const SETTINGS = `interface Settings { port: number }

/** The settings of the environment. */
export function readSettings(): Settings {
\tconst text = '<script>document.title = "taken"</script>';
\treturn parse(text);
}

function parse(text: string): Settings {
\ttry {
\t\treturn JSON.parse(text);
\t} catch (cause) {
\t\tthrow new TypeError(\`The settings cannot be read: \${text}\`, { cause });
\t}
}
`;

/** The app is back, on the same port. */
async function replace(front: Front): Promise<void> {
  await front.stop();
  const server = createServer((request, response) => response.end(`back: ${request.method}`));
  onTestFinished(() => void server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(front.port, resolve));
  await front.page.release();
}

describe.skipIf(!CHROMIUM)('the crash page in a browser', () => {
  it('shows the error, and loads by itself what comes after it', async () => {
    const ended = await run({ 'src/app.ts': APP, 'src/settings.ts': SETTINGS });
    const front = await openFront();
    front.page.show(await ended.describe(['src/settings.ts']));
    const page = await openPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${front.url}/any?thing=1#part`);
    expect(await page.getByRole('alert').textContent()).toContain(
      'The settings cannot be read: <script>',
    );
    expect(await page.title()).toMatch(/^TypeError: The settings/);
    expect(await page.locator('.is-marked').textContent()).toContain('throw new TypeError');
    expect(await page.locator('.frames a').first().getAttribute('href')).toMatch(
      /^vscode:.*settings\.ts:13:9$/,
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
    front.page.show(createCrash()); // it failed anew
    await poll(
      async () =>
        (await page.getByRole('heading', { level: 1 }).textContent()) === 'TypeError: a mistake',
    );
    await replace(front);
    await poll(async () => (await page.locator('body').textContent()) === 'back: GET');
    expect(page.url()).toBe(`${front.url}/any?thing=1#part`);
    expect(complaints).toEqual([]);
  });

  it('does not load anew while the crash is the same, nor while nobody answers', async () => {
    const front = await openFront();
    front.page.show(createCrash());
    const page = await openPage();
    await page.goto(front.url);
    await page.evaluate('window.isSame = true');
    const asked = front.sockets.length;
    await front.stop();
    front.page.close(); // holdover is gone
    await page.waitForEvent('requestfailed');
    await page.waitForEvent('requestfailed'); // it has asked again
    expect(await page.evaluate('window.isSame')).toBe(true);
    expect(front.sockets.length).toBeLessThanOrEqual(asked + 1);
    const server = createServer((_, response) => response.end('back'));
    onTestFinished(() => void server.close().closeAllConnections());
    server.listen(front.port);
    await poll(async () => (await page.locator('body').textContent()) === 'back');
  });

  it('does not send a form again by itself', async () => {
    const front = await openFront();
    front.page.show(createCrash());
    const page = await openPage();
    await page.setContent(
      `<form method="post" action="${front.url}/pay"><button>Pay</button></form>`,
    );
    await page.getByRole('button').click();
    await page.getByRole('alert').waitFor();
    await replace(front);
    await page.getByText('Reload this page to send the form again').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('TypeError: a mistake');
  });
});

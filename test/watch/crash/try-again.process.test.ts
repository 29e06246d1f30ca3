import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHROMIUM, openPage, takePicture } from '../../support/chromium.ts';
import { poll } from '../../support/poll.ts';
import { Rig } from '../../support/rig.ts';
import { createCrash } from './crashing.ts';
import { Client, openFront, type Front } from './front.ts';

const PATH = '/__holdover/try-again';

async function openCrashed(): Promise<Front> {
  const front = await openFront();
  front.page.show(createCrash());
  return front;
}

/** The name of the crash that a page shows. */
async function idOf({ port }: Front): Promise<string> {
  const answer = await new Client(port).get();
  return /^X-Holdover-Crash: (\S+)/im.exec(answer)?.[1] ?? '';
}

/** A page of another project on this machine. */
async function openOther(html: string): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html').end(html);
  });
  onTestFinished(() => void server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

describe('the request of the button', () => {
  it('starts the app from its own page, in a form that only this can send', async () => {
    const front = await openCrashed();
    const host = `localhost:${front.port}`;
    const id = await idOf(front);
    const own = [`Host: ${host}`, `Origin: http://${host}`, `X-Holdover-Try-Again: ${id}`];
    const ask = (lines: string[], first = `POST ${PATH} HTTP/1.1`): Promise<string> =>
      new Client(front.port).get([...lines, 'Content-Length: 0'], first);
    const without = (name: string): string[] => own.filter((line) => !line.startsWith(name));

    const refused: Record<string, string[]> = {
      'another port of this machine': [...without('Origin'), 'Origin: http://localhost:9999'],
      'another name of this machine': [
        ...without('Origin'),
        `Origin: http://127.0.0.1:${front.port}`,
      ],
      'another scheme': [...without('Origin'), `Origin: https://${host}`],
      'a page of no origin': [...without('Origin'), 'Origin: null'],
      'no page': without('Origin'),
      'a page that does not know the crash': without('X-Holdover'),
      'a page that shows another crash': [...without('X-Holdover'), 'X-Holdover-Try-Again: a-1'],
      'another site, by its browser': [...own, 'Sec-Fetch-Site: same-site'],
      'a name that leads here': [
        ...own.slice(2),
        'Host: evil.example',
        'Origin: http://evil.example',
      ],
      'a proxy': [...own, 'X-Forwarded-For: 192.0.2.1'],
      'two hosts': [...own, 'Host: evil.example'],
    };
    for (const [name, lines] of Object.entries(refused))
      expect([name, (await ask(lines)).slice(0, 12)]).toEqual([name, 'HTTP/1.1 403']);
    for (const method of ['GET', 'PUT', 'OPTIONS']) {
      const answer = await ask(own, `${method} ${PATH} HTTP/1.1`);
      expect(answer).toMatch(/^HTTP\/1\.1 503/);
      expect(answer).not.toMatch(/Access-Control/i);
    }
    expect(front.timesTried).toBe(0);
    expect(await ask([...own, 'Sec-Fetch-Site: same-origin'])).toMatch(/^HTTP\/1\.1 202/);
    expect(front.timesTried).toBe(1);
    await front.page.release();
    expect(await ask(own)).toMatch(/^HTTP\/1\.1 403/);
    expect(front.timesTried).toBe(1);
  });
});

describe.skipIf(!CHROMIUM)('the button of the crash page', () => {
  it('starts an app that was killed, and the page shows it', async () => {
    const watched = await Rig.start({
      needsPort: true,
      files: {
        'server.js': `
          import { createServer } from 'node:http';
          const page = '<!doctype html><p id="app">the app</p>';
          createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(page))
            .listen(process.env.PORT, () => console.log('runs as ' + process.pid + ';'));`,
      },
    });
    await watched.printed(/^runs as/);
    await watched.holds();
    process.kill(Number(/runs as (\d+)/.exec(watched.running.output)?.[1]), 'SIGKILL');
    await watched.printed(/was ended by SIGKILL/);
    const page = await openPage();
    await page.goto(watched.url);
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
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('#app').waitFor({ timeout: 90_000 });
    await watched.printed(/\[holdover\] Try again /);
    expect(watched.count(/^runs as/)).toBe(2);
  });

  it('can be pressed again when the app fails again, and says when nothing was started', async () => {
    const front = await openCrashed();
    const page = await openPage();
    await page.goto(front.url);
    const button = page.getByRole('button', { name: 'Try again' });
    await button.click();
    await poll(() => front.timesTried === 1);
    await poll(async () => (await page.getByRole('status').textContent())?.includes('starting'));
    expect(await button.isDisabled()).toBe(true);
    front.page.show(createCrash({ title: 'The app exited with code 2' }));
    await page.getByText('The app exited with code 2').waitFor({ timeout: 90_000 });
    await button.click();
    await poll(() => front.timesTried === 2);
    await page.goto(front.url);
    await page.route(`**${PATH}`, (route) => route.fulfill({ status: 404 }));
    await button.click();
    await page.getByText('press Enter').waitFor({ timeout: 90_000 });
    expect(await button.isEnabled()).toBe(true);
  });

  it('is not there for a page around it, nor is its request for a page of another port', async () => {
    const front = await openCrashed();
    const id = await idOf(front);
    const other = await openOther(`<!doctype html>
      <iframe src="${front.url}"></iframe>
      <script>
        const post = (options) =>
          fetch('${front.url}${PATH}', { method: 'POST', ...options }).then(() => 'read', () => 'refused');
        const headers = { 'x-holdover-try-again': '${id}' };
        window.tried = Promise.all([post({ headers }), post({ mode: 'no-cors' })]);
      </script>`);
    const page = await openPage();
    await page.goto(other);
    const frame = page.frameLocator('iframe');
    await frame.getByText('a mistake').first().waitFor({ timeout: 90_000 });
    await page.frames()[1]?.waitForLoadState('load'); // its script has run
    expect(await frame.getByRole('button').count()).toBe(0);
    expect(await page.evaluate('window.tried')).toEqual(['refused', 'refused']);
    expect(front.timesTried).toBe(0);
    front.page.show(createCrash({ title: 'The app exited with code 2' }));
    await frame.getByText('The app exited with code 2').waitFor({ timeout: 90_000 });
  });
});

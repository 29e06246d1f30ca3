import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTempFolder } from '../support/temp-folder.ts';
import { createCrash } from '../watch/crash/crashing.ts';
import { Client, openFront, type Front } from '../watch/crash/front.ts';

const SOURCE = /secretOfTheSource|a mistake|server\.ts|TypeError|exited|crashing/;

async function ask(front: Front, lines: string[], first?: string): Promise<string> {
  front.page.show(createCrash());
  const answer = await new Client(front.port).get(lines, first);
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  return answer;
}

describe('the source of a crash', () => {
  it.each([
    [['Host: localhost:3000']],
    [['Host: LOCALHOST.']],
    [['Host: api.my-app.localhost:3000']],
    [['Host: 127.0.0.1:3000']],
    [['Host: 127.1.2.3']],
    [['Host: [::1]:3000']],
    [
      [
        'Host: localhost',
        'Sec-Fetch-Site: cross-site',
        'Sec-Fetch-Mode: navigate',
        'Referer: https://accounts.example/',
      ],
    ],
    [
      [
        'Host: localhost',
        'Sec-Fetch-Site: same-site',
        'Sec-Fetch-Mode: cors',
        'Origin: http://localhost:5173',
      ],
    ],
  ])('is seen at this machine: %j', async (lines) => {
    const front = await openFront();
    for (const accept of ['text/html', 'application/json', '*/*']) {
      expect(await ask(front, [...lines, `Accept: ${accept}`])).toContain('secretOfTheSource');
    }
  });

  it.each([
    [['Host: evil.com']],
    [['Host: localhost.evil.com']],
    [['Host: evil.com@localhost']],
    [['Host: 127.0.0.1.evil.com']],
    [['Host: 1270.0.0.1']],
    [['Host: 192.168.0.7:3000']],
    [['Host: 0.0.0.0:3000']],
    [['Host:']],
    [['Host: localhost', 'Host: evil.com']],
    [['Host: localhost', 'Host: localhost']],
    [['Host: localhost', 'X-Forwarded-For: 127.0.0.1']],
    [['Host: localhost', 'X-Forwarded-Host: a.ngrok.app']],
    [['Host: localhost', 'Forwarded: for=1.2.3.4']],
    [['Host: localhost', 'Via: 1.1 proxy']],
    [['Host: localhost', 'X-Real-IP: 1.2.3.4']],
    [['Host: localhost', 'CF-Connecting-IP: 1.2.3.4']],
    [['Host: localhost', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors']],
    [['Host: localhost', 'Origin: https://evil.com']],
    [['Host: localhost', 'Origin: null']],
    [['Host: localhost', 'Referer: http://192.168.0.7:5173/']],
  ])('is not seen by anybody else: %j', async (lines) => {
    const front = await openFront();
    for (const accept of ['text/html', 'application/json', '*/*']) {
      const answer = await ask(front, [...lines, `Accept: ${accept}`]);
      expect(answer).toContain('The app is not running at the moment.');
      expect(answer).not.toMatch(SOURCE);
      if (accept === 'text/html') expect(answer).toContain('x-holdover-wait');
    }
  });

  it('is not seen with HTTP/1.0, without a Host, nor through a request to a proxy', async () => {
    const front = await openFront();
    expect(await ask(front, ['Host: localhost'], 'GET / HTTP/1.0')).not.toMatch(SOURCE);
    expect(await ask(front, ['Host: localhost'], 'GET http://evil.com/ HTTP/1.1')).not.toMatch(
      SOURCE,
    );
    const client = new Client(front.port).write('GET / HTTP/1.1', '', '');
    expect(await client.ended).not.toMatch(SOURCE);
  });

  it.each([
    ['127.4.5.6', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.168.1.7', false],
    ['::ffff:192.168.1.7', false],
    ['fe80::1', false],
    ['127.evil', false],
    [undefined, false],
  ])('goes by the address of the client: %s', async (address, isSeen) => {
    const front = await openFront((socket) =>
      Object.defineProperty(socket, 'remoteAddress', { value: address }),
    );
    const answer = await ask(front, []);
    expect(answer.includes('secretOfTheSource')).toBe(isSeen);
    expect(SOURCE.test(answer)).toBe(isSeen);
  });

  it('is not seen from the network', async ({ skip }) => {
    const addresses = Object.values(networkInterfaces()).flat();
    const own = addresses.find((address) => address?.family === 'IPv4' && !address.internal);
    if (!own) return skip('this machine has no address but loopback');
    const front = await openFront();
    front.page.show(createCrash());
    const answer = await new Client(front.port, own.address).get();
    expect(answer).toContain('The app is not running at the moment.');
    expect(answer).not.toMatch(SOURCE);
  });

  it.skipIf(process.platform === 'win32')('is seen through a unix socket', async () => {
    const path = join(createTempFolder(), 'app.sock');
    const front = await openFront(undefined, path);
    front.page.show(createCrash());
    expect(await new Client(path).get()).toContain('secretOfTheSource');
  });

  it('never comes with a header of the request', async () => {
    const front = await openFront();
    for (const accept of ['text/html', 'application/json', '*/*']) {
      const answer = await ask(
        front,
        [
          `Accept: ${accept}`,
          'Cookie: sid=s3cr3t',
          'X-Holdover-Wait: s3cr3t',
          'Authorization: s3cr3t',
        ],
        'GET /s3cr3t?s3cr3t HTTP/1.1',
      );
      expect(answer).not.toContain('s3cr3t');
    }
  });
});

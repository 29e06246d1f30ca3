import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { maySeeSource } from '../../src/loopback/viewer.ts';
import { createTempFolder } from '../support/temp-folder.ts';

interface Asked {
  /** @default GET / HTTP/1.1 */
  first?: string;
  /** What to do with a connection before its request is read. */
  prepare?: (socket: Socket) => void;
  host?: string;
  path?: string;
}

/** Sends one request, and returns whether its sender may see source. */
async function ask(lines: string[], { first, prepare, host, path }: Asked = {}): Promise<string> {
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    response.end(maySeeSource(request) ? 'is seen' : 'is not seen');
  });
  if (prepare) server.on('connection', prepare);
  server.listen(path ?? 0);
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const socket = path
    ? connect(path)
    : connect((server.address() as AddressInfo).port, host ?? '127.0.0.1');
  const head = [first ?? 'GET / HTTP/1.1', ...lines, 'Connection: close', '', ''];
  socket.write(head.join('\r\n'));
  const answer = await text(socket);
  return /is( not)? seen/.exec(answer)?.[0] ?? answer;
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
    expect(await ask(lines)).toBe('is seen');
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
    expect(await ask(lines)).toBe('is not seen');
  });

  it('is not seen with HTTP/1.0, without a Host, nor through a request to a proxy', async () => {
    for (const first of ['GET / HTTP/1.0', 'GET http://evil.com/ HTTP/1.1']) {
      expect(await ask(['Host: localhost'], { first })).toBe('is not seen');
    }
    expect(await ask([])).toBe('is not seen');
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
    const prepare = (socket: Socket): void =>
      void Object.defineProperty(socket, 'remoteAddress', { value: address });
    expect(await ask(['Host: localhost'], { prepare })).toBe(isSeen ? 'is seen' : 'is not seen');
  });

  it('is not seen from the network', async ({ skip }) => {
    const addresses = Object.values(networkInterfaces()).flat();
    const own = addresses.find((address) => address?.family === 'IPv4' && !address.internal);
    if (!own) return skip('this machine has no address but loopback');
    expect(await ask(['Host: localhost'], { host: own.address })).toBe('is not seen');
  });

  it.skipIf(process.platform === 'win32')('is seen through a unix socket', async () => {
    const path = join(createTempFolder(), 'app.sock');
    expect(await ask(['Host: localhost'], { path })).toBe('is seen');
  });
});

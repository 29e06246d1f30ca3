import { connect as connectHttp2 } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { findFreePort } from '../support/app.ts';
import { get, send } from '../support/clients.ts';
import { Rig } from '../support/rig.ts';

/** Streams the words of an answer on POST, and what happens on GET; by HTTP/2 too. */
const APP = `
  import express from 'express';
  import { createServer } from 'node:http2';
  import { version } from './version.js';

  const words = (response) => {
    let word = 0;
    const timer = setInterval(() => {
      response.write('data: ' + version + ' ' + word++ + '\\n\\n');
      if (word < 12) return;
      clearInterval(timer);
      response.end('data: done\\n\\n');
    }, 100);
    response.on('close', () => clearInterval(timer));
  };
  const app = express();
  app.post('/chat', (request, response) => {
    console.log('asked ' + request.url);
    response.set('content-type', 'text/event-stream');
    if (request.query.listens === undefined) return words(response);
    setInterval(() => response.write('data: listens\\n\\n'), 50);
  });
  app.get('/events', (request, response) => {
    console.log('asked ' + request.url);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    setInterval(() => response.write('data: happens\\n\\n'), 50);
  });
  createServer((request, response) => {
    console.log('asked /http2 ' + request.method);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (request.method === 'POST') words(response);
    else setInterval(() => response.write('data: happens\\n\\n'), 50);
  }).listen(process.env.HTTP2_PORT);
  app.listen(process.env.PORT, () => console.log('listens ' + version));`;

/** The text of a stream of HTTP/2, over a connection of its own. */
function streamHttp2(port: number, method: string): Promise<string> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://localhost:${port}`).on('error', () => {});
    const stream = session.request({ ':path': '/', ':method': method });
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
    stream.on('error', () => {});
    stream.on('close', () => {
      session.close();
      resolve(text);
    });
    stream.end();
  });
}

describe('a stream of events when a file is saved', () => {
  it('is waited for when it answers a POST, and ended otherwise', async () => {
    const http2Port = await findFreePort();
    const rig = await Rig.start({
      needsPort: true,
      files: { 'server.js': APP, 'version.js': `export const version = '1';` },
      env: { HTTP2_PORT: String(http2Port) },
    });
    await rig.printed(/^listens 1/);
    await rig.holds();
    await rig.holds(http2Port);
    const { port } = rig;
    const post = { port, method: 'POST', agent: false } as const;
    const chat = send({ ...post, path: '/chat' });
    const headers = { 'Mcp-Method': 'subscriptions/listen' };
    const listen = send({ ...post, path: '/chat?listens', headers });
    const events = get({ port, path: '/events' });
    const http2 = streamHttp2(http2Port, 'POST');
    const http2Events = streamHttp2(http2Port, 'GET');
    await rig.printed(/^asked/, 5);
    rig.app.write('version.js', `export const version = '2';`);

    const whole = [
      ...Array.from({ length: 12 }, (_, word) => `data: 1 ${word}\n\n`),
      'data: done\n\n',
    ];
    expect(await chat).toMatchObject({ status: 200, text: whole.join('') });
    expect(await http2).toBe(whole.join(''));
    expect((await listen).text).toMatch(/^(data: listens\n\n)+$/);
    expect((await events).text).toMatch(/^(data: happens\n\n)+$/);
    expect(await http2Events).toMatch(/^(data: happens\n\n)*$/);
    await rig.printed(/^listens 2/);
    const again = await send({ ...post, path: '/chat' });
    expect(again.text).toMatch(/^data: 2 0\n\n[^]*data: done\n\n$/);
    expect(rig.running.output).not.toContain('was killed');
  });
});

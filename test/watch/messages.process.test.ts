import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { INTERNAL, isOurs } from '../../src/watch/protocol.ts';
import { createKeepAliveAgent, send } from '../support/clients.ts';
import { createApp } from '../support/app.ts';
import { poll } from '../support/poll.ts';
import { Watched } from '../support/watched.ts';

describe('a message of ours to a process', () => {
  it('is heard by those of internalMessage alone, with its handle and in its order', async () => {
    const app = await createApp();
    app.write(
      'child.cjs',
      `process.on('message', (message) => process.send({ event: 'message', message }));
       process.on('internalMessage', (message, handle) => {
         if (message.cmd !== '${INTERNAL.cmd}') return;
         process.send({ event: 'internalMessage', message, handle: handle?.constructor.name });
         handle?.close();
       });`,
    );
    const child = fork(join(app.folder, 'child.cjs'));
    onTestFinished(() => void child.kill('SIGKILL'));
    const heard: unknown[] = [];
    child.on('message', (message) => heard.push(message));
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { _handle: handle } = server as unknown as { _handle: never };
    const ours = { ...INTERNAL, holdover: 'drain' };
    child.send({ ...INTERNAL, holdover: 'socket', id: 'a' }, handle, { keepOpen: true }, () => {});
    child.send(ours);
    child.send({ of: 'the app' });
    await poll(() => heard.length === 3);
    expect(heard).toEqual([
      {
        event: 'internalMessage',
        message: { ...INTERNAL, holdover: 'socket', id: 'a' },
        handle: 'TCP',
      },
      { event: 'internalMessage', message: ours },
      { event: 'message', message: { of: 'the app' } },
    ]);
    expect(isOurs(ours)).toBe(true);
    expect(isOurs({ holdover: 'drain' })).toBe(false);
    expect(server.listening).toBe(true); // the handle was copied, not moved
    server.close();
  });

  it('is not seen by an app that listens for messages, nor is the channel kept open by it', async () => {
    const code = (version: string): string => `
      import { createServer } from 'node:http';
      process.on('message', (message) => console.log('message ' + JSON.stringify(message)));
      process.on('SIGTERM', () => server.close(() => console.log('closed')));
      process.on('exit', () => console.log('exit'));
      const server = createServer((_, response) => response.end('${version}'))
        .listen(process.env.PORT, () => console.log('listens ${version}'));
      process.send?.({ of: 'the app' });`;
    const watched = await Watched.begin({ files: { 'server.js': code('1') } });
    await watched.printed(/^listens 1/);
    await watched.holds();
    const agent = createKeepAliveAgent();
    const { port } = watched.app;
    for (const version of ['2', '3']) {
      await send({ port, agent });
      watched.app.write('server.js', code(version));
      await watched.printed(new RegExp(`^listens ${version}`));
      await watched.holds();
      expect((await send({ port, agent })).text).toBe(version);
    }
    agent.destroy();
    expect(watched.count(/^closed/)).toBe(2);
    expect(watched.count(/^exit/)).toBe(2);
    expect(watched.running.output).not.toMatch(/^message|was killed/m);
  });
});

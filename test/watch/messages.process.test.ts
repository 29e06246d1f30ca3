import { describe, expect, it } from 'vitest';
import { createKeepAliveAgent, send } from '../support/clients.ts';
import { Rig } from '../support/rig.ts';

describe('a message of ours to a process', () => {
  it('is not seen by an app that listens for messages, nor is the channel kept open by it', async () => {
    const code = (version: string): string => `
      import { createServer } from 'node:http';
      process.on('message', (message) => console.log('message ' + JSON.stringify(message)));
      process.on('SIGTERM', () => server.close(() => console.log('closed')));
      process.on('exit', () => console.log('exit'));
      const server = createServer((_, response) => response.end('${version}'))
        .listen(process.env.PORT, () => console.log('listens ${version}'));
      process.send?.({ of: 'the app' });`;
    const rig = await Rig.start({ needsPort: true, files: { 'server.js': code('1') } });
    await rig.printed(/^listens 1/);
    await rig.holds();
    const agent = createKeepAliveAgent();
    const { port } = rig;
    for (const version of ['2', '3']) {
      await send({ port, agent });
      rig.app.write('server.js', code(version));
      await rig.printed(new RegExp(`^listens ${version}`));
      await rig.holds();
      expect((await send({ port, agent })).text).toBe(version);
    }
    agent.destroy();
    expect(rig.count(/^closed/)).toBe(2);
    expect(rig.count(/^exit/)).toBe(2);
    expect(rig.running.output).not.toMatch(/^message|was killed/m);
  });
});

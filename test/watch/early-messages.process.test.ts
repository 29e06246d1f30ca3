import { describe, expect, it } from 'vitest';
import { get } from '../support/clients.ts';
import { Rig } from '../support/rig.ts';
import { HOLDOVER_WATCH, NODE } from '../support/tools.ts';
import { Traffic } from '../support/traffic.ts';

const IMPORTS = {
  'server.mjs': `import cluster from 'node:cluster';`,
  'server.cjs': `const cluster = require('node:cluster');`,
};

/** A primary that speaks before its worker has begun to run. */
const SERVER = `
  if (cluster.isPrimary) {
    const worker = cluster.fork();
    for (const message of ['early', 'second']) worker.send(message);
    worker.on('message', (message) => console.log('the primary has heard ' + message));
  } else {
    const where = process.env.WHERE === 'process' ? process : cluster.worker;
    const counts = [process.listenerCount('message')];
    where.on('message', (message) => process.send(message));
    setImmediate(() => {
      counts.push(process.listenerCount('message') - (where === process ? 1 : 0));
      console.log('listeners ' + counts + ';');
    });
  }
`;

/** What sticky sessions do: the primary accepts, and passes each connection on. */
const STICKY = `
  import cluster from 'node:cluster';
  import { createServer } from 'node:http';
  import { createServer as listen } from 'node:net';
  import { version } from './version.js';
  if (cluster.isPrimary) {
    const worker = cluster.fork();
    listen({ pauseOnConnect: true }, (socket) => worker.send('connection', socket))
      .listen(process.env.PORT, () => console.log('listens ' + version));
  } else {
    const server = createServer((_, response) => response.end(version));
    process.on('message', (_, socket) => {
      server.emit('connection', socket);
      socket.resume();
    });
  }
`;

describe('the messages of the primary of a cluster', () => {
  it.each(
    [HOLDOVER_WATCH, NODE].flatMap((tool) =>
      Object.entries(IMPORTS).flatMap(([entry, line]) =>
        ['process', 'worker'].map((where) => [tool.name, entry, where, line, tool] as const),
      ),
    ),
  )(
    'reach a worker that is only starting: %s %s, heard on the %s',
    async (_, entry, where, line, tool) => {
      const rig = await Rig.start({
        files: { [entry]: `${line}\n${SERVER}` },
        words: [entry],
        tool,
        env: { WHERE: where },
      });
      await rig.printed(/^the primary has heard second/);
      const heard = [...rig.output.matchAll(/^the primary has heard (.*)$/gm)];
      expect(heard.map(([, message]) => message)).toEqual(['early', 'second']);
      await rig.printed(/^listeners 1,1;/); // Node's own alone, as ever
    },
  );

  it('and the connections with them are answered over a restart', async () => {
    const rig = await Rig.start({
      files: { 'server.js': STICKY, 'version.js': `export const version = '1';` },
      needsPort: true,
    });
    const { port } = rig;
    await rig.printed(/^listens 1/);
    expect((await get({ port })).text).toBe('1');
    await rig.holds(port);
    const traffic = new Traffic(() => get({ port }), { clients: 2, pause: 5 });
    for (const version of ['2', '3']) {
      rig.save('version.js', `export const version = '${version}';`);
      await rig.printed(new RegExp(`^listens ${version}`));
      await rig.holds(port);
      expect((await get({ port })).text).toBe(version);
    }
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
  });
});

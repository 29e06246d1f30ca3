import { describe, expect, it } from 'vitest';
import { get } from '../../support/clients.ts';
import { poll } from '../../support/poll.ts';
import { Rig } from '../../support/rig.ts';

/** What a rejected request does in Express 4 and in Node's own server: it ends the app. */
const SERVER = `
  import { createServer } from 'node:http';
  import * as vite from 'vite';
  const { middlewares, ssrLoadModule } = await vite.createServer({
    appType: 'custom',
    server: { middlewareMode: true, hmr: { port: 0 } },
  });
  createServer((request, response) => {
    middlewares(request, response, async () => {
      const { toAnswer } = await ssrLoadModule('/src/app.js');
      response.end(toAnswer());
    });
  }).listen(process.env.PORT, () => console.log('runs'));
`;

const toApp = (answer: string): string => `
  import { name } from './name.js';
  export const toAnswer = () => '${answer} ' + name;
`;

describe('an app with Vite as a middleware that has crashed', () => {
  it.each([
    [
      'with the plugin',
      `import holdover from 'holdover/vite'; export default { plugins: [holdover()] };`,
    ],
    ['without the plugin', 'export default {};'],
  ])('comes back when a file is mended that Vite evaluates: %s', async (_, configuration) => {
    const rig = await Rig.start({
      files: {
        'server.js': SERVER,
        'vite.config.js': configuration,
        'src/app.js': toApp('hello'),
        'src/name.js': `export const name = '1';`,
      },
      packages: ['vite'],
      needsPort: true,
    });
    await rig.printed(/^runs/);
    const { app, port } = rig;
    // A request may come before Vite has heard of a save.
    const answers = (text: string, status: number): Promise<unknown> =>
      poll(async () => {
        const answer = await get({ port }).catch(() => undefined);
        return answer?.status === status && answer.text.includes(text);
      });
    await answers('hello 1', 200);
    await rig.holds(port);
    app.write('src/name.js', `throw new Error('its first mistake');`);
    await answers('its first mistake', 503);
    app.write('src/name.js', `export const name = '2';`);
    await answers('hello 2', 200);
    await rig.holds(port);
    app.write('src/app.js', `import './missing.js';`);
    await answers('missing.js', 503);
    app.write('src/missing.js', `throw new Error('its second mistake');`);
    await answers('its second mistake', 503);
    app.write('src/app.js', toApp('goodbye'));
    await answers('goodbye 2', 200);
    expect(rig.output).toContain('exited with code 1');
  });
});

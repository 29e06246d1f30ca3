import { expect, it } from 'vitest';
import { CLI } from '../support/tools.ts';
import { createApp } from '../support/app.ts';
import { get } from '../support/clients.ts';
import { hasTerminals, startInTerminal } from '../support/terminal.ts';

/** Counts its requests, as far as they are kept. */
const APP = `
import { createServer } from 'node:http';
let count = 0;
const server = createServer((_, response) => response.end(String(++count)));
server.listen(process.env.PORT, () => console.log('listens'));
`;

it.runIf(hasTerminals)('f and Enter begins with what the code makes', async () => {
  const app = await createApp();
  const holdover = { keep: ['app.js#count'] };
  app.write('package.json', JSON.stringify({ name: 'forgetful', type: 'module', holdover }));
  app.write('app.js', APP);
  const running = startInTerminal([CLI, 'watch', 'app.js'], {
    cwd: app.folder,
    env: { PORT: String(app.port) },
  });
  const ask = async (): Promise<string | undefined> => (await get({ port: app.port })).text;
  await running.printed('listens');
  expect(await ask()).toBe('1');
  const keys = [
    ['\r', /Enter {2}1 value held over · .* ms/, '2'],
    ['f\r', /kept values forgotten {2}(?!.*held over)/, '1'],
    ['\r', /Enter {2}1 value held over · .* ms/, '2'],
  ] as const;
  for (const [key, said, count] of keys) {
    const since = running.output.length;
    running.type(key);
    await running.printed(said, since);
    expect(await ask()).toBe(count);
  }
  running.type('\u0003'); // what the app stores at its end is stored before its folder goes
  await running.exited;
});

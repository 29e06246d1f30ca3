import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { get } from '../../support/clients.ts';
import { poll } from '../../support/poll.ts';
import { Rig } from '../../support/rig.ts';

const SERVER = `
  import { createServer } from 'node:http';
  import { version } from './version.js';
  createServer((_, response) => response.end(version))
    .listen(process.env.PORT, () => console.log('version ' + version + ' is ' + process.pid + ';'));
`;

const toVersion = (version: number): string => `export const version = '${version}';\n`;

async function begin(files: Record<string, string> = {}): Promise<Rig> {
  const watched = await Rig.start({
    needsPort: true,
    files: { 'server.js': SERVER, 'version.js': toVersion(1), ...files },
  });
  await watched.printed(/^version 1 is/);
  await watched.holds();
  return watched;
}

/** Kills the app as the system does that has run out of memory. */
async function killApp(watched: Rig): Promise<void> {
  const times = watched.count(/was ended by SIGKILL/) + 1;
  const pids = [...watched.running.output.matchAll(/^version 1 is (\d+);/gm)];
  process.kill(Number(pids.at(-1)?.[1]), 'SIGKILL');
  await watched.printed(
    /\[holdover\] The app was ended by SIGKILL; waiting for a change, or Enter\.$/,
    times,
  );
}

/** Saves a file as it is, as Ctrl-S does. */
function touch({ app }: Rig, path: string): void {
  utimesSync(join(app.folder, path), new Date(), new Date());
}

const toCrash = async ({ port }: Rig): Promise<Record<string, unknown>> => {
  const answer = await poll(async () => {
    const { status, text } = await get({
      port,
      headers: { accept: 'application/json' },
    });
    return status === 503 ? text : undefined;
  });
  return JSON.parse(answer) as Record<string, unknown>;
};

describe('an app that is down', () => {
  it('starts at a save of a file as it is', async () => {
    const watched = await begin();
    for (const times of [1, 2, 3]) {
      await killApp(watched);
      touch(watched, times === 2 ? 'package.json' : 'version.js');
      await watched.printed(/\[holdover\] (version\.js|package\.json) saved /, times);
      expect((await get({ port: watched.port })).text).toBe('1');
    }
    expect(watched.count(/\[holdover\] package\.json saved /)).toBe(1);
  });

  it('starts at a save of a source that it has not loaded, in a folder that is new', async () => {
    const watched = await begin();
    await killApp(watched);
    mkdirSync(join(watched.app.folder, 'routes'));
    watched.app.write('routes/home.tsx', 'export {}');
    await watched.printed(/^version 1 is/, 2);
    await watched.printed(/\[holdover\] routes\/home\.tsx/);
  });

  it('is not blamed on a change where another process has killed it', async () => {
    const watched = await begin();
    watched.app.write('version.js', `${toVersion(1)}export const more = 1;\n`);
    await watched.printed(/^version 1 is/, 2);
    await watched.holds();
    await killApp(watched);
    expect(await toCrash(watched)).toMatchObject({
      message: 'The app was ended by SIGKILL',
      changed: [],
    });
    await watched.restart(/^version 1 is/);
    watched.app.write('version.js', 'throw new Error("mine");');
    expect(await poll(async () => toCrash(watched))).toMatchObject({ changed: ['version.js'] });
  });

  it('does not start at what is no source, or is left out', async () => {
    const watched = await begin({
      'node_modules/one/index.js': '',
      '.tool/made.js': '',
      'app.log': '',
    });
    await killApp(watched);
    for (const path of ['node_modules/one/index.js', '.tool/made.js', 'app.log', 'data.db'])
      watched.app.write(path, 'written');
    touch(watched, 'server.js'); // the sentinel
    await watched.printed(/\[holdover\] .*saved/);
    expect(watched.running.output).not.toMatch(/\[holdover\] .*(node_modules|made|app\.log|data)/);
  });

  it('does not start at what it writes itself in starts that fail', async () => {
    const watched = await begin();
    watched.app.write(
      'version.js',
      `import { writeFileSync } from 'node:fs';
      export const version = '2';
      writeFileSync('report-' + process.pid + '.json', '{}');
      writeFileSync('last.json', String(process.pid));
      throw new Error('its mistake');`,
    );
    await watched.printed(/exited with code 1/);
    touch(watched, 'server.js');
    await watched.printed(/exited with code 1/, 2);
    expect(await toCrash(watched)).toMatchObject({ error: { message: 'its mistake' } });
    watched.app.write('version.js', toVersion(3));
    await watched.printed(/^version 3 is/);
    expect(watched.count(/exited with code 1/)).toBe(2);
    expect(watched.running.output).not.toMatch(/\[holdover\] .*\.json/);
  });

  it('starts at a save that came while it failed to start', async () => {
    const watched = await begin();
    watched.app.write(
      'version.js',
      `import { existsSync } from 'node:fs';
      if (!existsSync('first.jsx')) throw new Error('the first is missing');
      if (!existsSync('second.jsx')) {
        console.log('misses the second');
        await new Promise((done) => setTimeout(done, 1000));
        throw new Error('the second was missing');
      }
      ${toVersion(2)}`,
    );
    await watched.printed(/exited with code 1/);
    watched.app.write('first.jsx', '');
    await watched.printed(/^misses the second/);
    watched.app.write('second.jsx', '//');
    await watched.printed(/^version 2 is/);
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import * as vite8 from 'vite';
import { poll } from '../support/poll.ts';
import { CLI } from '../support/tools.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { createListener, createProject, serve } from '../vite/servers.ts';

const NO_REDIS =
  /Redis is asked for and REDIS_URL is not set\. Set it to redis:\/\/host:6379; until then the default is used\./g;

describe('a place that an adopted app cannot use in development', () => {
  it.each([
    ['SESSION_TYPE=redis without REDIS_URL', { SESSION_TYPE: 'redis' }, NO_REDIS],
    [
      'SESSION_TYPE=redis with a REDIS_URL of something else',
      { SESSION_TYPE: 'redis', REDIS_URL: 'http://x' },
      /REDIS.*; until then the default is used\./g,
    ],
    [
      'a directory that cannot be made',
      { SESSION_FILE_DIR: 'package.json/sessions' },
      /Sessions cannot be kept in \S+sessions, because \S+package.json is no folder\..*; until then the default is used\./g,
    ],
  ])('is said once, and the default is used: %s', async (_, env, sentence) => {
    const project = await CareProject.begin('filesystem');
    Object.assign(project.env, { SESSION_TYPE: undefined, ...env });
    const app = await CareApp.start(project, toExpressApp());
    expect(await app.browser.json('/login', { method: 'POST' })).toBeDefined();
    expect(app.running.output.match(sentence)).toHaveLength(1);
    await app.kill();
    const words = [CLI, 'watch', '--no-standby', 'app.js'];
    const next = await CareApp.start(project, project.app.read('app.js'), {}, words);
    expect(await app.browser.json('/me')).toEqual({ user: 'ada' });
    expect(next.running.output.match(sentence)).toHaveLength(1);
    expect(existsSync(join(project.app.folder, '.holdover', 'sessions'))).toBe(true);
  });

  it('is none where Vite says that sessions are kept', async () => {
    vi.stubEnv('SESSION_TYPE', 'redis');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { lines, logger } = createListener(vite8);
    const root = createProject({ 'index.html': '' });
    (await serve(vite8, root, { customLogger: logger })).printUrls();
    await poll(() => lines.some((line) => line.includes('Sessions:')));
    const printed = lines.join('\n');
    expect(printed.match(NO_REDIS)).toHaveLength(1);
    expect(printed).toMatch(/Sessions: none yet {2}\(.*\.holdover\/sessions\)/);
  });

  it('is refused where it was typed', async () => {
    const project = await CareProject.begin('filesystem');
    project.app.write('app.js', toExpressApp());
    const { stderr, code } = await project.run(['watch', '--redis', 'app.js']);
    expect([stderr, code]).toEqual([
      expect.stringMatching(/^\[holdover\] --redis needs REDIS_URL\. Set it .*\n$/),
      1,
    ]);
  });
});

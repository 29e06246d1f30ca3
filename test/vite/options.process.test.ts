import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vite8 from 'vite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApp } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';
import { EXPRESS, install } from './subjects.ts';
import { createListener, createProject, serve } from './servers.ts';
import { ViteStory } from './vite-story.ts';

describe('what cannot be used', () => {
  it.each([
    [{ namespace: 'a b' }, /namespace/],
    [{ lifetime: 0 }, /lifetime/],
    [
      { lifetime: '1h', lifetme: '1h' },
      /has "lifetme", which is not known \(did you mean "lifetime"\?\)/,
    ],
    [{ directory: join('a-file', 'sessions') }, /a-file is not writable|cannot be (made|kept)/],
  ])('is said when the server is made: %j', async (options, message) => {
    const root = createProject();
    writeFileSync(join(root, 'a-file'), '');
    await expect(serve(vite8, root, {}, options)).rejects.toThrow(message);
  });
});

describe('SESSION_TYPE=memory', () => {
  it('leaves every store as it is', async () => {
    const subject = { ...EXPRESS, env: { SESSION_TYPE: 'memory' } };
    const story = await ViteStory.begin(subject, 'vite');
    await story.login('ada');
    expect(await story.answers({})).toMatchObject({ user: 'ada' });
    await story.startAgain('SIGTERM');
    expect((await story.answers({})).user).toBeUndefined();
    expect(existsSync(join(story.app.folder, '.holdover'))).toBe(false);
  });

  it('or a type that is not known is a warning', async () => {
    vi.stubEnv('SESSION_TYPE', 'nonsense');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { lines, logger } = createListener(vite8);
    await serve(vite8, createProject({ 'index.html': '' }), { customLogger: logger });
    const said = lines.filter((line) => line.includes('SESSION_TYPE is "nonsense"'));
    expect(said).toEqual([expect.stringContaining('until then the default is used.')]);
  });
});

describe('a run of Vitest', () => {
  it('is left alone', async () => {
    const app = await createApp('vite-hono');
    install(app, 'vite');
    linkPackage(app, 'vitest');
    app.write(
      'app.test.js',
      `import { expect, it } from 'vitest';
import app from './src/app.js';
it('answers', async () => {
  expect((await app.request('/login?user=ada', { method: 'POST' })).status).toBe(200);
});
`,
    );
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const { stdout, stderr } = await runScript(app, [vitest, 'run', '--config', 'vite.config.js'], {
      VITEST: undefined,
    });
    expect(stdout).toContain('1 passed');
    expect(stdout + stderr).not.toMatch(/sessions|holdover directory/i);
    expect(existsSync(join(app.folder, '.holdover'))).toBe(false);
  });
});

describe('an app without sessions', () => {
  it('gets neither a line nor a directory', async () => {
    const { lines, logger } = createListener(vite8);
    const root = createProject({ 'index.html': '<p>hello</p>' });
    await serve(vite8, root, { customLogger: logger });
    expect(lines).toEqual([]);
    expect(existsSync(join(root, '.holdover'))).toBe(false);
  });
});

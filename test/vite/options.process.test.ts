import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApp } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';
import { EXPRESS, install } from './subjects.ts';
import { createListener, createProject, serve, VITES } from './servers.ts';
import { ViteStory } from './vite-story.ts';

describe.each(VITES)('what cannot be used, in %s', (_name, vite) => {
  it.each([
    [{ namespace: 'a b' }, /namespace/],
    [{ lifetime: 0 }, /lifetime/],
    [{ directory: join('a-file', 'sessions') }, /a-file is not writable|cannot be (made|kept)/],
  ])('is said when the server is made: %j', async (options, message) => {
    const root = createProject();
    writeFileSync(join(root, 'a-file'), '');
    await expect(serve(vite, root, {}, options)).rejects.toThrow(message);
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

  it.each(VITES)('or a type that is not known is a warning, in %s', async (_, vite) => {
    vi.stubEnv('SESSION_TYPE', 'nonsense');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { lines, logger } = createListener(vite);
    await serve(vite, createProject({ 'index.html': '' }), { customLogger: logger });
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
    const [, vite] = VITES[0] as (typeof VITES)[number];
    const { lines, logger } = createListener(vite);
    const root = createProject({ 'index.html': '<p>hello</p>' });
    await serve(vite, root, { customLogger: logger });
    expect(lines).toEqual([]);
    expect(existsSync(join(root, '.holdover'))).toBe(false);
  });
});

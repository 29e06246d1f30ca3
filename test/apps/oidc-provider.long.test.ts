import { expect, it } from 'vitest';
import { OidcClient } from '../support/oidc-client.ts';
import { poll } from '../support/poll.ts';
import { TOOLS } from '../support/tools.ts';
import { Story, type LoginApp } from './story.ts';

const APP: LoginApp = {
  fixture: 'oidc-provider',
  entry: 'server.js',
  versionFile: 'version.js',
  packages: ['oidc-provider'],
  needsPort: true, // its issuer is named after it
};

const ANY: unknown = expect.any(String);

/** What oidc-provider says by itself, with its adapter in memory on Node 20. */
const OWN_WARNINGS = /^oidc-provider (WARNING|NOTICE): .*\n/gm;

/** Does it again where a restarter that holds no sockets has restarted once more. */
async function steadily<T>(act: () => Promise<T>): Promise<T> {
  const { outcome } = await poll(async () => {
    try {
      return { outcome: await act() };
    } catch (error) {
      if (error instanceof TypeError) return undefined; // fetch failed
      throw error;
    }
  });
  return outcome;
}

// Under node --watch and nodemon it is loaded as in the tests of its adoption: by --import holdover/register.
it.each(TOOLS.filter(({ name }) => ['holdover watch', 'tsx watch'].includes(name)))(
  'keeps what oidc-provider has in memory under $name',
  async (tool) => {
    const story = await Story.begin(tool, APP);
    const client = await OidcClient.register(story.rig.url, story.rig.browser);
    const pages = [await client.begin()];
    await story.save();
    const { code, tokens } = await steadily(async () => {
      const made = await client.finish(pages.pop() ?? (await client.begin()), 'ada');
      return { code: made, tokens: await client.redeem(made) };
    });
    expect(tokens).toMatchObject({ access_token: ANY, refresh_token: ANY });
    if (tool.survivesKill) {
      await story.killApp();
      expect(await story.save()).toMatchObject({ user: 'ada' });
    }
    const refreshed = await steadily(() => client.refresh(tokens));
    expect(refreshed).toMatchObject({ access_token: ANY });
    if (tool.name === 'holdover watch')
      await poll(() => /version\.js.* 1 login held over/.test(story.rig.output));
    expect(story.rig.output.replace(OWN_WARNINGS, '')).not.toMatch(/warning/i);
    expect(await story.killEverythingAndStart()).toMatchObject({ user: 'ada' });

    expect(await steadily(() => client.readRegistration())).toMatchObject({ status: 200 });
    // By its login and its grant.
    expect(await steadily(() => client.authorizeSilently())).toMatch(/^[\w-]{43}$/);
    const latest = await steadily(() => client.refresh(refreshed));
    const all = [tokens, refreshed, latest];
    const areActive = () =>
      Promise.all(all.map(({ access_token: token }) => client.isActive(token)));
    expect(await steadily(areActive)).toEqual([true, true, true]);

    // A code that is used again ends the grant, with all that belongs to it in all runs.
    const again = await steadily(() => client.redeem(code));
    expect(again.error).toBe('invalid_grant');
    expect(await steadily(areActive)).toEqual([false, false, false]);
    expect((await steadily(() => client.refresh(latest))).error).toBe('invalid_grant');
    expect(await steadily(() => client.authorizeSilently())).toBe('consent_required');

    expect(story.rig.output.replace(OWN_WARNINGS, '')).not.toMatch(/warning/i);
  },
);

import { expect, it } from 'vitest';
import { OidcClient } from '../support/oidc-client.ts';
import { Story, type Subject } from './story.ts';
import { TOOLS } from './tools.ts';

const SUBJECT: Subject = {
  name: 'oidc-provider',
  fixture: 'oidc-provider',
  entry: 'server.js',
  versionFile: 'version.js',
  packages: ['oidc-provider'],
  version: (version) => `export const version = '${version}';\n`,
};

/** What oidc-provider says by itself, with its adapter in memory on Node 20. */
const OWN_WARNINGS = /^oidc-provider (WARNING|NOTICE): .*\n/gm;

it.each(TOOLS.filter(({ name }) => name !== 'nodemon'))(
  'keeps what oidc-provider has in memory under $name',
  async (tool) => {
    const story = await Story.begin(tool, SUBJECT);
    const client = await OidcClient.register(story.url, story.browser);
    const page = await client.begin();
    await story.save();
    const code = await client.finish(page, 'ada');
    const tokens = await client.redeem(code);
    expect(tokens).toMatchObject({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
    });
    if (tool.survivesKill) {
      await story.killApp();
      expect(await story.save()).toMatchObject({ user: 'ada' });
    }
    const refreshed = await client.refresh(tokens);
    expect(refreshed).toMatchObject({ access_token: expect.any(String) });
    expect(await story.killEverythingAndStart()).toMatchObject({ user: 'ada' });
    await story.saveMistake();
    expect(await story.save()).toMatchObject({ user: 'ada' });

    expect(await client.isRegistered()).toBe(true);
    expect(await client.authorizeSilently()).toMatch(/^[\w-]{43}$/); // by its login and its grant
    const latest = await client.refresh(refreshed);
    for (const { access_token: token } of [tokens, refreshed, latest])
      expect(await client.isActive(token)).toBe(true);

    // A code that is used again ends the grant, with all that belongs to it in all runs.
    expect((await client.redeem(code)).error).toBe('invalid_grant');
    for (const { access_token: token } of [tokens, refreshed, latest])
      expect(await client.isActive(token)).toBe(false);
    expect((await client.refresh(latest)).error).toBe('invalid_grant');
    expect(await client.authorizeSilently()).toBe('consent_required');

    const said = story.output.replace(OWN_WARNINGS, '');
    expect(said).not.toMatch(/warning/i);
    if (tool.name === 'holdover watch') expect(said).toMatch(/version\.js.* 1 session held over/);
  },
);

import { expect, it, describe } from 'vitest';
import { CareApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { rows } from '../support/depth.ts';
import { OidcClient } from '../support/oidc-client.ts';
import { linkPackage } from '../support/packages.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { runScript } from '../support/script.ts';

const REGISTER = ['--import', 'holdover/register'];

/** An app with pages of oidc-provider's own. @param options as code */
const toApp = (options = ''): string => `
  import { Provider } from 'oidc-provider';
  const provider = new Provider('http://localhost:' + process.env.PORT, {
    cookies: { keys: ['a key'] },
    features: { registration: { enabled: true }, introspection: { enabled: true } },
    ${options}
  });
  provider.listen(process.env.PORT, () => console.log('listening'));`;

async function beginProject(type: 'filesystem' | 'redis'): Promise<CareProject> {
  const project = await CareProject.beginPatiently(type);
  linkPackage(project.app, 'oidc-provider');
  if (type === 'redis') linkPackage(project.app, '@keyv/redis');
  return project;
}

const PLACES = [
  { name: 'the directory', type: 'filesystem', describePlace: describe },
  { name: 'Redis', type: 'redis', describePlace: describeWithRedis },
] as const;

for (const { name, type, describePlace } of rows(PLACES, 'the directory'))
  describePlace(`oidc-provider on ${name}`, () => describeStore(type));

function describeStore(type: 'filesystem' | 'redis'): void {
  it('lists logins, and nothing of what belongs to them', async () => {
    const project = await beginProject(type);
    const before = await CareApp.start(project, toApp());
    const client = await OidcClient.register(project.app.url, before.browser);
    const code = await client.finish(await client.begin(), 'ada');
    const tokens = await client.redeem(code);
    await before.kill();
    const app = await CareApp.start(project, toApp());
    expect(await client.isActive(tokens.access_token)).toBe(true);
    if (type === 'filesystem') await app.running.printed('[holdover] 1 login held over');

    const listed = await project.run(['ls']);
    expect(listed.stdout.trim().split('\n')).toHaveLength(2);
    expect(listed.stdout).toMatch(/^ada +\S{6}…/m);
    expect(listed.stderr).toContain('1 session in ');
    const stats = await project.run(['stats']);
    expect(stats.stdout).toMatch(/^live +1 session$/m);
    const doctor = await project.run(['doctor']);
    expect(doctor.stdout).toMatch(/✓ framework +oidc-provider 9\S+: its memory store is adopted/);
    const shown = JSON.stringify([listed, stats, doctor]);
    for (const secret of [code, ...Object.values(tokens)])
      expect(shown).not.toContain(String(secret).slice(0, 12));

    const cleared = await project.run(['clear', '--yes']);
    expect(cleared.stderr).toMatch(
      /1 session in .*, with \d+ records of tokens, grants and clients/,
    );
    expect((await project.run(['clear', '--yes'])).stderr).toMatch(/0 sessions in [^,]*$/);
    expect(await client.authorizeSilently().catch(String)).toContain('invalid_client');
  });

  it('loses nothing of a grant to which several write, and revokes what they have stored', async () => {
    const project = await beginProject(type);
    project.app.write(
      'grant.js',
      `import { Provider } from 'oidc-provider';
       const provider = new Provider('http://localhost');
       const { AccessToken, RefreshToken } = provider;
       const [who] = process.argv.slice(2);
       const ids = ['a', 'b'].flatMap((one) => Array.from({ length: 20 }, (_, n) => one + n));
       const all = async () => {
         const found = [AccessToken, RefreshToken].flatMap(({ adapter }) => ids.map((id) => adapter.find(id)));
         return (await Promise.all(found)).filter(Boolean).length;
       };
       if (who) {
         const own = ids.filter((id) => id.startsWith(who));
         await Promise.all(
           [AccessToken, RefreshToken].flatMap(({ adapter }) =>
             own.map((jti) => adapter.upsert(jti, { jti, grantId: 'g' }, 60))),
         );
         console.log('stored');
         process.kill(process.pid, 'SIGKILL');
       }
       const before = await all();
       await AccessToken.revokeByGrantId('g');
       console.log(before, await all());
       process.exit();`,
    );
    const run = (...words: string[]) =>
      runScript(project.app, [...REGISTER, 'grant.js', ...words], project.env).catch(
        (error: { stdout: string }) => error,
      );
    const stored = await Promise.all([run('a'), run('b')]);
    expect(stored.map(({ stdout }) => stdout)).toEqual(['stored\n', 'stored\n']);
    expect((await run()).stdout).toBe('80 0\n');
    expect((await run()).stdout).toBe('0 0\n');
  });
}

describe('oidc-provider', () => {
  it('says why a user was logged out', async () => {
    const project = await beginProject('filesystem');
    const app = await CareApp.start(project, toApp());
    const client = await OidcClient.register(project.app.url, app.browser);
    await client.finish(await client.begin(), 'ada');
    const id = app.browser.cookie('_session') ?? '';
    await project.run(['clear', '--user', 'ada', '--yes']);
    expect(await client.authorizeSilently()).toBe('login_required');
    const why = await project.run(['why', '--', id]);
    expect(why.stdout).toMatch(/^The session was destroyed by `holdover clear`/);
  });

  it('leaves adapters of the app alone, and keeps providers apart by their issuers', async () => {
    const project = await beginProject('filesystem');
    project.app.write(
      'app.js',
      `import { Provider } from 'oidc-provider';
       import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
       class Own extends MemoryAdapter {}
       const ISSUERS = ['http://localhost', 'http://localhost:3000', 'http://localhost/own'];
       const order = process.argv[2] === 'back' ? ISSUERS.toReversed() : ISSUERS;
       const found = [];
       for (const issuer of order) {
         const adapter = issuer.endsWith('own') ? Own : undefined;
         const { adapter: sessions } = new Provider(issuer, { adapter }).Session;
         found.push([issuer, (await sessions.find('id'))?.accountId]);
         await sessions.upsert('id', { jti: 'id', uid: 'u', accountId: issuer }, 60);
       }
       console.log(JSON.stringify(found));`,
    );
    const run = async (...words: string[]) => {
      const { stdout, stderr } = await runScript(project.app, [...REGISTER, 'app.js', ...words]);
      const said = /oidc-provider has a store of the app's own in memory \(Own\)/;
      expect(stderr).toMatch(said);
      return JSON.parse(stdout) as [string, string | null][];
    };
    expect((await run()).map(([, user]) => user)).toEqual([null, null, null]);
    for (const [issuer, user] of await run('back'))
      expect(user).toBe(issuer.endsWith('own') ? null : issuer);
  });
});

import { describe, expect, it } from 'vitest';
import { createAdapter } from '../../src/oidc-provider.ts';
import { CareApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { rows } from '../support/depth.ts';
import { OidcClient } from '../support/oidc-client.ts';
import { linkPackage } from '../support/packages.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { runScript } from '../support/script.ts';
import { PLACES } from './places.ts';

/** An app with pages of oidc-provider's own. */
const APP = `
  import { createAdapter } from 'holdover/oidc-provider';
  import { Provider } from 'oidc-provider';
  const provider = new Provider('http://localhost:' + process.env.PORT, {
    adapter: createAdapter(),
    cookies: { keys: ['a key'] },
    features: { registration: { enabled: true }, introspection: { enabled: true } },
  });
  provider.listen(process.env.PORT, () => console.log('listening'));`;

/** Stores tokens of one grant and kills itself, or counts them, revokes the grant and counts them again. */
const GRANT = `
  import { createAdapter } from 'holdover/oidc-provider';
  const adapters = ['AccessToken', 'RefreshToken'].map(createAdapter());
  const [writer] = process.argv.slice(2);
  const ids = ['a', 'b'].flatMap((one) => Array.from({ length: 20 }, (_, n) => one + n));
  const count = async () => {
    const found = adapters.flatMap((adapter) => ids.map((id) => adapter.find(id)));
    return (await Promise.all(found)).filter(Boolean).length;
  };
  if (writer) {
    const own = ids.filter((id) => id.startsWith(writer));
    await Promise.all(
      adapters.flatMap((adapter) => own.map((jti) => adapter.upsert(jti, { jti, grantId: 'g' }, 60))),
    );
    console.log('stored');
    process.kill(process.pid, 'SIGKILL');
  }
  const before = await count();
  await adapters[0].revokeByGrantId('g');
  console.log(before, await count());
  process.exit();`;

async function beginProject(type: 'filesystem' | 'redis'): Promise<CareProject> {
  const project = await CareProject.beginPatiently(type);
  linkPackage(project.app, 'oidc-provider');
  return project;
}

const TYPES = [
  { name: 'the directory', type: 'filesystem', describeType: describe },
  { name: 'Redis', type: 'redis', describeType: describeWithRedis },
] as const;

for (const { name, type, describeType } of rows(TYPES, 'the directory'))
  describeType(`holdover/oidc-provider on ${name}`, () => {
    it('keeps logins and what belongs to them, lists the logins, and says why one has ended', async () => {
      const project = await beginProject(type);
      const before = await CareApp.start(project, APP, {}, ['app.js']);
      const client = await OidcClient.register(project.app.url, before.browser);
      const code = await client.finish(await client.begin(), 'ada');
      const tokens = await client.redeem(code);
      await before.kill();
      await CareApp.start(project, APP, {}, ['app.js']);
      expect(await client.isActive(tokens.access_token)).toBe(true);

      const listed = await project.run(['ls']);
      expect(listed.stdout.trim().split('\n')).toHaveLength(2);
      expect(listed.stdout).toMatch(/^ada +\S{6}…/m);
      expect(listed.stderr).toContain('1 session in ');
      const stats = await project.run(['stats']);
      expect(stats.stdout).toMatch(/^live +1 session$/m);
      const doctor = await project.run(['doctor']);
      expect(doctor.stdout).toMatch(/✓ framework +oidc-provider 9\S+: uses a store of holdover/);
      const shown = JSON.stringify([listed, stats, doctor]);
      for (const secret of [code, ...Object.values(tokens)])
        expect(shown).not.toContain(String(secret).slice(0, 12));

      const id = before.browser.cookie('_session') ?? '';
      await project.run(['clear', '--user', 'ada', '--yes']);
      expect(await client.authorizeSilently()).toBe('login_required');
      if (type === 'filesystem')
        expect((await project.run(['why', '--', id])).stdout).toMatch(
          /^The session was destroyed by `holdover clear`/,
        );
      const cleared = await project.run(['clear', '--yes']);
      expect(cleared.stderr).toMatch(/, with \d+ records of tokens, grants and clients/);
      expect((await project.run(['clear', '--yes'])).stderr).toMatch(/0 sessions in [^,]*$/);
      expect(await client.authorizeSilently().catch(String)).toContain('invalid_client');
    });

    it('loses nothing of a grant to which several write, and revokes what they have stored', async () => {
      const project = await beginProject(type);
      project.app.write('grant.js', GRANT);
      const run = (...words: string[]) =>
        runScript(project.app, ['grant.js', ...words], project.env).catch(
          (error: { stdout: string }) => error,
        );
      const stored = await Promise.all([run('a'), run('b')]);
      expect(stored.map(({ stdout }) => stdout)).toEqual(['stored\n', 'stored\n']);
      expect((await run()).stdout).toBe('80 0\n');
      expect((await run()).stdout).toBe('0 0\n');
    });
  });

describe.each(PLACES)('an adapter of holdover/oidc-provider over $name', ({ create }) => {
  it('finds a session by its uid and a device code by its user code, and no other', async () => {
    const adapter = createAdapter(await create());
    const [sessions, codes] = [adapter('Session'), adapter('DeviceCode')];
    await sessions.upsert('one', { jti: 'one', uid: 'u', accountId: 'ada' }, 60);
    expect(await sessions.findByUid('u')).toMatchObject({ accountId: 'ada' });
    expect(await sessions.findByUid('none')).toBeUndefined();
    await sessions.upsert('one', { jti: 'one', uid: 'other', accountId: 'ada' }, 60);
    expect(await sessions.findByUid('u')).toBeUndefined();
    await sessions.destroy('one');
    expect(await sessions.findByUid('other')).toBeUndefined();

    await codes.upsert('code', { jti: 'code', userCode: 'AB', grantId: 'g' }, 60);
    expect(await codes.findByUserCode('AB')).toMatchObject({ jti: 'code' });
    expect(await sessions.find('code')).toBeUndefined();
    await codes.consume('code');
    await codes.consume('none');
    expect(await codes.find('code')).toMatchObject({ consumed: expect.any(Number), grantId: 'g' });
    expect(await codes.find('none')).toBeUndefined();
    await codes.revokeByGrantId('g');
    expect(await codes.findByUserCode('AB')).toBeUndefined();
  });

  it('keeps two providers apart that have a namespace each', async () => {
    const place = await create();
    const [one, two] = ['one', 'two'].map((namespace) => createAdapter({ ...place, namespace }));
    for (const model of ['Session', 'Client']) {
      await one?.(model).upsert('id', { uid: 'u' }, 60);
      expect(await two?.(model).find('id')).toBeUndefined();
      expect(await one?.(model).find('id')).toEqual({ uid: 'u' });
    }
  });
});

import { describe, expect, it } from 'vitest';
import { EXPRESS, EXPRESS_IN_TYPESCRIPT, VERSION } from './apps.ts';
import { PLUG_N_PLAY, PNPM, YARN_CLASSIC } from './managers.ts';
import { Project, toManifest } from './project.ts';

const SERVER = { express: '5.3.0', 'express-session': '1.19.0' };
const TYPESCRIPT = { ...SERVER, tsx: '4.23.15' };
const FILES = { 'src/server.ts': EXPRESS_IN_TYPESCRIPT, 'src/version.ts': VERSION };

describe('pnpm', () => {
  it('installs a holdover that keeps a login, under watch and in Vite', async () => {
    const project = await Project.install(PNPM, { ...TYPESCRIPT, vite: '8.3.8' }, FILES);
    await project.keepsLogin('holdover', ['watch', 'src/server.ts'], 'src/version.ts');
    project.addFixture('vite-express');
    await project.keepsLogin('node', ['server.js'], 'src/version.js');
  });
});

describe('Yarn 1', () => {
  it('installs a holdover that keeps a login', async () => {
    const files = { 'server.js': EXPRESS, 'version.js': VERSION };
    const project = await Project.install(YARN_CLASSIC, SERVER, files);
    await project.keepsLogin('holdover', ['watch', 'server.js'], 'version.js');
  });
});

/** A package of the workspace that has a peer is in a place of its own for each that depends on it. */
const WORKSPACE = {
  'yarn.lock': '',
  'packages/shared/package.json': toManifest(
    'shared',
    {},
    { exports: './version.js', peerDependencies: { express: '*' } },
  ),
  'packages/shared/version.js': VERSION,
  'src/of-workspace.ts': EXPRESS_IN_TYPESCRIPT.replace('./version.js', 'shared'),
};

describe("Yarn's Plug'n'Play", () => {
  it('has a holdover that keeps a login, under watch and in Vite', async () => {
    const packages = {
      ...TYPESCRIPT,
      shared: 'workspace:*',
      vite: '8.3.8',
      hono: '4.13.19',
      'hono-sessions': '0.8.1',
      '@hono/vite-dev-server': '0.26.1',
      '@hono/node-server': '2.0.0',
    };
    const files = { ...FILES, ...WORKSPACE };
    const project = await Project.install(PLUG_N_PLAY, packages, files, {
      workspaces: ['packages/*'],
    });
    await project.keepsLogin('holdover', ['watch', 'src/server.ts'], 'src/version.ts');
    const shared = await project.keepsLogin(
      'holdover',
      ['watch', '--verbose', 'src/of-workspace.ts'],
      'packages/shared/version.js',
    );
    expect(shared).toMatch(/ packages\/shared\/version\.js( {2}|\n)/);
    expect(shared).not.toContain('__virtual__');
    const doctor = await project.run('holdover', ['doctor']);
    expect(doctor.output).toMatch(/✓ tsx +4\.23\.15\n/);
    expect(doctor.output).toMatch(
      /✓ framework +express-session 1\.19\.0: its memory store is adopted/,
    );

    project.addFixture('vite-hono');
    await project.keepsLogin('vite', ['--port', '$PORT', '--strictPort'], 'src/version.js');
    project.addFixture('logins');
    await project.keepsLogin('holdover', ['watch', 'hono.js'], 'version.js');
  });
});

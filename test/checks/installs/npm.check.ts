import { describe, expect, it } from 'vitest';
import { EXPRESS_IN_TYPESCRIPT, FASTIFY, VERSION } from './apps.ts';
import { NPM } from './managers.ts';
import { Project } from './project.ts';

const FILES = {
  'src/server.ts': EXPRESS_IN_TYPESCRIPT,
  'src/version.ts': VERSION,
  'fastify/server.js': FASTIFY,
  'fastify/version.js': VERSION,
};

/** In every project. */
const EXPRESSES = { express: '4.22.1', 'express-session': '1.16.2' };

describe('npm', () => {
  it('installs beside Vite 5, tsx 3 and @fastify/session 9', async () => {
    const project = await Project.install(
      NPM,
      {
        ...EXPRESSES,
        vite: '5.4.21',
        tsx: '3.14.0',
        fastify: '4.29.1',
        '@fastify/cookie': '9.4.0',
        '@fastify/session': '9.0.0',
      },
      FILES,
    );
    await project.keepsLogin('holdover', ['watch', 'src/server.ts'], 'src/version.ts');
    await project.keepsLogin('holdover', ['watch', 'fastify/server.js'], 'fastify/version.js');
    const doctor = await project.run('holdover', ['doctor']);
    expect(doctor.output).not.toMatch(/vite/i); // no server is in it
    expect(doctor.code, doctor.output).toBe(0);

    project.addFixture('vite-express');
    const refused = await project.run('node', ['server.js']);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(
      'Error: vite 5.4.21 is too old for holdover, which needs 6.0 or newer. Install it with: npm install vite@latest',
    );
  });

  it.each([
    [
      { vite: '6.4.6', tsx: '4.8.1', keyv: '4.5.4' },
      { fastify: '4.29.1', '@fastify/cookie': '9.4.0', '@fastify/session': '10.9.0' },
      '{ keyv: new Map() }',
    ],
    [
      { vite: '7.3.8', tsx: '4.23.15', '@keyv/redis': '4.6.0' },
      { fastify: '5.12.8', '@fastify/cookie': '11.1.5', '@fastify/session': '11.1.3' },
      "{ type: 'redis', redis: { url: 'redis://localhost' } }",
    ],
  ])('installs beside %j and %j', async (packages, fastify, options) => {
    const all = { ...EXPRESSES, ...packages, ...fastify };
    const project = await Project.install(NPM, all, FILES);
    await project.keepsLogin('holdover', ['watch', 'src/server.ts'], 'src/version.ts');
    await project.keepsLogin('holdover', ['watch', 'fastify/server.js'], 'fastify/version.js');
    project.addFixture('vite-express');
    await project.keepsLogin('node', ['server.js'], 'src/version.js');
    const open = `import('holdover').then(({ createSessionStore }) => createSessionStore(${options}))`;
    const { code, output } = await project.run('node', ['--eval', open]);
    expect(output).toMatch(
      /Error: @?keyv\S* 4\S+ is too old for holdover, which needs 5\.0 or newer/,
    );
    expect(code).toBe(1);
  });

  it('installs beside Vite 8', async () => {
    const project = await Project.install(NPM, { ...EXPRESSES, vite: '8.3.8' });
    project.addFixture('vite-express');
    await project.keepsLogin('node', ['server.js'], 'src/version.js');
  });
});

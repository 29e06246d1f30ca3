import { symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, fill } from '../support/ask.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject, type Ended } from '../support/care-project.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';

const ID = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const COMMANDS = [
  ['ls'],
  ['stats'],
  ['doctor'],
  ['show', ID],
  ['why'],
  ['prune'],
  ['clear', '--yes'],
  ['push'],
];

/** A project with a live session, and beside it one of a stranger, whose package.json says this. */
async function beginWithStranger(
  toHoldover: (bank: string) => unknown,
): Promise<{ bank: CareProject; stranger: CareProject }> {
  const bank = await CareProject.begin('filesystem');
  await fill(bank, `await store.set('${ID}', { user: 'lovelace' })`);
  const stranger = await CareProject.begin('filesystem');
  Object.assign(stranger.env, { XDG_STATE_HOME: bank.env.XDG_STATE_HOME, SESSION_TYPE: undefined });
  says(stranger, toHoldover(join(bank.app.folder, '.holdover', 'sessions')));
  return { bank, stranger };
}

/** What the package.json of a project says to holdover. */
function says({ app }: CareProject, holdover: unknown): void {
  app.write('package.json', JSON.stringify({ name: 'x', type: 'module', holdover }));
}

/** An address of this machine that is not loopback; `undefined` where there is none. */
function findAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flat();
  return all.find((one) => one?.family === 'IPv4' && !one.internal)?.address;
}

/** Runs every command in a stranger's project, each in a process of its own where `run` says so. */
async function refuses(
  { bank, stranger }: { bank: CareProject; stranger: CareProject },
  sentence: RegExp,
  run: (words: string[]) => Promise<Ended> = (words) => ask(stranger, words),
): Promise<void> {
  const refuse = async (words: string[]): Promise<void> => {
    const { stdout, stderr, code } = await run(words);
    expect([words, stderr, code]).toEqual([words, expect.stringMatching(sentence), 1]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout + stderr).not.toContain('lovelace');
  };
  await Promise.all(COMMANDS.map(refuse));
  expect((await ask(bank, ['ls'])).stdout).toContain('lovelace');
}

describe("the package.json of somebody else's project", () => {
  it('cannot name a directory outside of it: upwards, absolute, or through the project', async () => {
    let bank = '';
    const both = await beginWithStranger((path) => ((bank = path), undefined));
    for (const directory of [
      join('..', bank.split('/').slice(-3).join('/')),
      bank,
      `.holdover/../../${bank}`,
    ]) {
      says(both.stranger, { directory });
      await refuses(both, /"directory" under "holdover" in package\.json leads out of the project/);
    }
  });

  it('cannot reach one by a link', async () => {
    const both = await beginWithStranger(() => ({ directory: 'data/sessions' }));
    const holdover = join(both.bank.app.folder, '.holdover');
    symlinkSync(holdover, join(both.stranger.app.folder, 'data'), 'junction');
    const sentence = /"directory" under "holdover" in package\.json leads out of the project/;
    await refuses(both, sentence, (words) => both.stranger.run(words));
  });

  it('may name one that the environment names as well, and those inside', async () => {
    const { bank, stranger } = await beginWithStranger((path) => ({ directory: path }));
    const shared = { SESSION_KEY: 'a key of thirty-two characters, shared' };
    const directory = join(bank.app.folder, '.holdover', 'other');
    const named = { ...shared, SESSION_FILE_DIR: directory };
    expect((await ask(stranger, ['ls'], named)).code).toBe(0);
    const inside = { name: 'x', holdover: { directory: join(stranger.app.folder, 'in', 'it') } };
    stranger.app.write('package.json', JSON.stringify(inside));
    expect((await ask(stranger, ['ls'])).stderr).toContain(join('in', 'it'));
  });

  it('cannot name a Redis on another machine, and no command connects there', async () => {
    const address = findAddress();
    if (!address) return;
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    onTestFinished(() => void server.close());
    const url = `redis://:hunter2@${address}:${(server.address() as AddressInfo).port}`;
    const both = await beginWithStranger(() => undefined);
    const names: unknown[] = [url, { url, timeout: 100 }, `redis://localhost,${url}`];
    for (const holdover of [
      ...names.map((redis) => ({ type: 'redis', redis })),
      { redis: 'redis://127.evil.example' },
    ]) {
      says(both.stranger, holdover);
      await refuses(both, /"redis" under "holdover" in package\.json names a Redis on another/);
    }
    expect(connections).toBe(0);
  });
});

describeWithRedis("a stranger's package.json", () => {
  it('does not send the sessions of another project to Redis', async () => {
    const server = await RedisServer.start();
    const both = await beginWithStranger((bank) => ({ directory: bank, redis: server.url }));
    const { stderr, code } = await both.stranger.run(['push']);
    expect(stderr).toMatch(
      /leads out of the project \(.*\)\. Name a folder in the project, or set/,
    );
    expect(code).toBe(1);
    expect(server.cli('DBSIZE')).toBe('0');
  });

  it('may name a Redis on this machine', async () => {
    const server = await RedisServer.start();
    const { stranger } = await beginWithStranger(() => ({ redis: server.url }));
    await fill(stranger, `await store.set('${ID}', { user: 'lovelace' })`);
    expect((await stranger.run(['push'])).stderr).toContain('1 session copied');
  });
});

it('names a directory of another project in the environment, and still opens nothing in it', async () => {
  const { bank, stranger } = await beginWithStranger(() => undefined);
  const env = {
    SESSION_FILE_DIR: join(bank.app.folder, '.holdover', 'sessions'),
    REDIS_URL: 'redis://127.0.0.1:1',
  };
  for (const words of [['ls'], ['show', ID, '--reveal'], ['stats'], ['doctor']]) {
    const { stdout, stderr } = await ask(stranger, words, env);
    expect(stdout + stderr).not.toContain('lovelace');
  }
  expect((await ask(bank, ['ls'])).stdout).toContain('lovelace');
});

it('prints no sign of a directory that a terminal could take for more than text', async () => {
  const odd = 'x\u001B]0;pwned\u0007\u001B[31m';
  const { stranger } = await beginWithStranger(() => ({ directory: odd }));
  const app = await CareApp.start(stranger, toExpressApp());
  await app.browser.json('/login', { method: 'POST' });
  const created = app.running.output;
  const outputs = [created];
  for (const words of [...COMMANDS, ['ls', '--json'], ['stats', '--json'], ['doctor', '--json']]) {
    const { stdout, stderr } = await ask(stranger, words);
    outputs.push(stdout + stderr);
  }
  expect(created).toContain('Created session directory: x');
  // oxlint-disable-next-line no-control-regex -- those are what is looked for
  for (const output of outputs) expect(output).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
});

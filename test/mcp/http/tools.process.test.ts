import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { TOOLS } from '../../support/tools.ts';
import { createCertificate } from '../../support/certificate.ts';
import { poll } from '../../support/poll.ts';
import { TestClient } from './clients.ts';
import { McpApp } from './mcp-app.ts';

const { resolve } = createRequire(import.meta.url);

describe('a session outlives a save', () => {
  it.each(TOOLS.filter(({ name }) => name === 'tsx watch' || name === 'node --watch'))(
    'under $name',
    async (tool) => {
      const mcp = await McpApp.start('express-400', { tool });
      const making = { isPatient: true }; // nobody listens while the app starts
      const clients = [await mcp.connect('v1', making), await mcp.connect('v2', making)];
      const ids = clients.map(({ sessionId }) => sessionId);
      await goesOn(mcp, clients);
      expect(clients.map(({ sessionId }) => sessionId)).toEqual(ids);
    },
  );

  it('in a large Express app, under a router', async () => {
    const mcp = await McpApp.start('big-express', { path: '/api/mcp' });
    const headers = { authorization: 'Bearer token-of-ann' };
    const clients = [await mcp.connect('v1', { headers }), await mcp.connect('v2', { headers })];
    await goesOn(mcp, clients);
  });

  it('over TLS', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // the certificate is nobody's
    try {
      const prepare = ({ folder }: { folder: string }): void => createCertificate(folder);
      const mcp = await McpApp.start('https', { protocol: 'https', prepare });
      await goesOn(mcp, [await mcp.connect('v1'), await mcp.connect('v2')]);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('with mcp-remote between', async () => {
    const mcp = await McpApp.start('express-404');
    const proxy = resolve('mcp-remote/dist/proxy.js');
    const words = [proxy, mcp.url, '--allow-http', '--transport', 'http-only'];
    await goesOn(mcp, [await TestClient.spawn(process.execPath, words)]);
  });
});

describe.each(['stateless', 'v2-handler'])('a server that keeps no sessions: %s', (name) => {
  it('has nothing to be kept, and answers', async () => {
    const mcp = await McpApp.start(name);
    const clients = [await mcp.connect('v1'), await mcp.connect('v2')];
    expect(clients.map(({ sessionId }) => sessionId)).toEqual([undefined, undefined]);
    mcp.save();
    for (const client of clients) {
      expect(await mcp.answers(client)).toMatchObject({ version: '2' });
      expect(await client.names()).toContain('added-2');
    }
    expect(mcp.running.output).not.toMatch(/held over/);
  });
});

/** Saves, and sees what the clients have of it. */
async function goesOn(mcp: McpApp, clients: TestClient[]): Promise<void> {
  await Promise.all(clients.map(hasStream));
  const changes = clients.map((client) => client.changes);
  const isSecure = mcp.url.startsWith('https:');
  mcp.save();
  const again = setInterval(() => mcp.missesSaves && mcp.saveAgain(), 15_000);
  try {
    await Promise.all(
      clients.map(async (client, index) => {
        // A connection of TLS that is about to begin when the old process ends is cut.
        expect(await mcp.answers(client, mcp.missesSaves || isSecure)).toMatchObject({
          client: { name: expect.stringContaining(client.name) as string, version: '1.2.3' },
          capabilities: { elicitation: {} },
        });
        await poll(() => client.changes > (changes[index] as number), { within: 30_000 }).catch(
          (cause: Error) => {
            throw new Error(`It was not told of changes:\n${client.errors.join('\n')}`, { cause });
          },
        );
        expect(await client.names()).toContain(mcp.added);
      }),
    );
  } finally {
    clearInterval(again);
  }
}

/** A client whose first attempt to open its stream fails does not try again. */
async function hasStream(client: TestClient): Promise<void> {
  await poll(async () => {
    await client.call('log', { data: 'the stream is open' });
    return client.logs.length > 0;
  });
}

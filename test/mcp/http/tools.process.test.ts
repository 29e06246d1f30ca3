import { createRequire } from 'node:module';
import { expect, it, onTestFinished } from 'vitest';
import { createCertificate } from '../../support/certificate.ts';
import { rows } from '../../support/depth.ts';
import { poll } from '../../support/poll.ts';
import { findTool } from '../../support/tools.ts';
import { TestClient, type Making } from './clients.ts';
import { McpApp } from './mcp-app.ts';

const { resolve } = createRequire(import.meta.url);

interface Case {
  name: string;
  begin: () => Promise<{ mcp: McpApp; clients: TestClient[] }>;
}

async function beginUnder(name: string): Promise<{ mcp: McpApp; clients: TestClient[] }> {
  const mcp = await McpApp.start('express-400', { tool: findTool(name) });
  return connect(mcp, { isPatient: true }); // nothing listens while the app starts
}

async function connect(
  mcp: McpApp,
  making: Making,
): Promise<{ mcp: McpApp; clients: TestClient[] }> {
  return { mcp, clients: [await mcp.connect('v1', making), await mcp.connect('v2', making)] };
}

const CASES: Case[] = [
  { name: 'under tsx watch', begin: () => beginUnder('tsx watch') },
  { name: 'under node --watch', begin: () => beginUnder('node --watch') },
  {
    name: 'in a large Express app, under a router',
    begin: async () => {
      const mcp = await McpApp.start('big-express', { path: '/api/mcp' });
      return connect(mcp, { headers: { authorization: 'Bearer token-of-ann' } });
    },
  },
  {
    name: 'over TLS',
    begin: async () => {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // the certificate is nobody's
      onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
      const mcp = await McpApp.start('https', {
        prepare: ({ folder }) => createCertificate(folder),
      });
      return connect(mcp, {});
    },
  },
  {
    name: 'with mcp-remote between',
    begin: async () => {
      const mcp = await McpApp.start('express-404');
      const proxy = resolve('mcp-remote/dist/proxy.js');
      const words = [proxy, mcp.url, '--allow-http', '--transport', 'http-only'];
      return { mcp, clients: [await TestClient.spawn(process.execPath, words)] };
    },
  },
];

it.each(rows(CASES, 'under node --watch'))('a session outlives a save $name', async ({ begin }) => {
  const { mcp, clients } = await begin();
  const ids = clients.map(({ sessionId }) => sessionId);
  await goesOn(mcp, clients);
  expect(clients.map(({ sessionId }) => sessionId)).toEqual(ids);
});

const STATELESS = [{ name: 'stateless' }, { name: 'v2-handler' }];

it.each(rows(STATELESS))(
  'a server that keeps no sessions has nothing to be kept, and answers: $name',
  async ({ name }) => {
    const mcp = await McpApp.start(name);
    const clients = [await mcp.connect('v1'), await mcp.connect('v2')];
    expect(clients.map(({ sessionId }) => sessionId)).toEqual([undefined, undefined]);
    mcp.save();
    for (const client of clients) {
      expect(await mcp.answers(client)).toMatchObject({ version: '2' });
      expect(await client.names()).toContain('added-2');
    }
    expect(mcp.rig.output).not.toMatch(/held over/);
  },
);

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
        await poll(() => client.changes > (changes[index] as number)).catch((cause: Error) => {
          throw new Error(`It was not told of changes:\n${client.errors.join('\n')}`, { cause });
        });
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

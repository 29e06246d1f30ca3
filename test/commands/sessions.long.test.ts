import { expect, it } from 'vitest';
import { CareProject } from '../support/care-project.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { describeLooking } from './sessions-commands.ts';

describeWithRedis('the commands that look after sessions, on Redis', () => {
  describeLooking('redis');

  it('say in one sentence that Redis is gone', async () => {
    const server = await RedisServer.start();
    const project = await CareProject.begin('redis', server);
    await server.kill();
    const { stderr, code } = await project.run(['ls']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/out of reach/);
  });
});

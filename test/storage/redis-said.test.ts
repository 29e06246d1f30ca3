import { describe, expect, it } from 'vitest';
import { poll } from '../support/poll.ts';
import { RedisOutage } from '../../src/storage/redis/link/outage.ts';

describe('what is said of an outage', () => {
  it('is one line when it goes and one when it returns, each time', () => {
    const said: string[] = [];
    const outage = new RedisOutage('redis://host:1', (message) => said.push(message));
    outage.up(); // it was there from the start
    for (let times = 0; times < 2; times++) {
      for (let call = 0; call < 100; call++) outage.down(new Error('connect ECONNREFUSED'));
      outage.up();
      outage.up();
    }
    expect(said.map((message) => message.split(':')[2])).toHaveLength(4);
    expect(said[0]).toBe(
      'Redis at redis://host:1 is out of reach: connect ECONNREFUSED. Requests that need a session fail with status 503; no login is lost.',
    );
    expect(said[1]).toBe('Redis at redis://host:1 is back.');
  });

  it('is one line when it refuses and one when it accepts again', async () => {
    const said: string[] = [];
    const outage = new RedisOutage('redis://host:1', (message) => said.push(message));
    outage.accepting();
    for (let call = 0; call < 100; call++) outage.refusing(new Error('OOM command not allowed'));
    outage.accepting(); // one among others that are refused
    expect(said).toHaveLength(1);
    await poll(() => {
      outage.accepting();
      return said.length > 1;
    });
    outage.accepting();
    expect(said).toHaveLength(2);
    expect(said[0]).toContain(
      'refuses to store sessions: OOM command not allowed. Raise maxmemory',
    );
  });

  it('tells apps a status, and clients no host', () => {
    const outage = new RedisOutage('redis://host:1', () => {});
    const cause = new Error('connect ECONNREFUSED host:1');
    const error = outage.toError(cause);
    expect(error).toMatchObject({ status: 503, statusCode: 503, cause });
    expect(error.message).not.toContain('host');
    expect(outage.toError(new Error('READONLY You can not')).message).toContain('(READONLY)');
  });
});

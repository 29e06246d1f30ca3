import { share } from '../support/lifetime.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { beginCase, describeOtherEnds } from './why-causes.ts';

describeWithRedis('holdover why, of an app on Redis', () => {
  describeOtherEnds(share(() => beginCase('redis')));
});

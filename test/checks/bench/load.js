import autocannon from 'autocannon';

/** How often autocannon looks whether its time is over, in milliseconds. */
const SAMPLE_INTERVAL = 25;

/** Logs in as many users as there will be connections; each has a cookie and a counter of its own. */
export async function login(url, count) {
  const users = [];
  for (let number = 0; number < count; number++) {
    const name = `user-${number}`;
    const response = await fetch(`${url}/login/${name}`, { method: 'POST' });
    const [cookie] = response.headers.getSetCookie();
    if (!response.ok || !cookie) throw new Error(`${name} could not log in at ${url}`);
    await response.arrayBuffer();
    users.push({ name, headers: { cookie: cookie.split(';', 1)[0] }, count: 0 });
  }
  return users;
}

/**
 * Loads a server with one connection for each user, and checks every answer: that it is the user's
 * own, and that each write was kept by counting what the session has counted.
 *
 * @param {'read' | 'write'} kind
 * @returns requests per second
 */
export async function load({ name, url, users }, kind, seconds) {
  let next = 0;
  let fault;
  const result = await autocannon({
    url,
    connections: users.length,
    duration: seconds,
    sampleInt: SAMPLE_INTERVAL,
    setupClient(client) {
      const user = users[next++];
      let isFirst = true;
      client.setRequests([
        {
          method: kind === 'read' ? 'GET' : 'POST',
          path: kind === 'read' ? '/' : '/count',
          headers: user.headers,
          onResponse(status, body) {
            fault ??= findFault(user, kind, isFirst, status, body);
            isFirst = false;
          },
        },
      ]);
    },
  });
  if (fault) throw new Error(`${name}, ${kind}: ${fault}`);
  if (result.non2xx + result.errors + result.timeouts > 0) {
    const { non2xx, errors, timeouts } = result;
    throw new Error(`${name}, ${kind}: ${JSON.stringify({ non2xx, errors, timeouts })}`);
  }
  return result['2xx'] / ((result.finish - result.start) / 1000);
}

function findFault(user, kind, isFirst, status, body) {
  const answered = `${user.name} was answered ${status} ${body}`;
  if (status !== 200) return answered;
  const { user: name, count } = JSON.parse(body);
  if (name !== user.name) return answered;
  if (kind === 'read') return undefined;
  // The last request of the round before may have been carried out and not heard of.
  const isNext = count === user.count + 1 || (isFirst && count === user.count + 2);
  if (!isNext) return `${answered} after ${user.count}`;
  user.count = count;
  return undefined;
}

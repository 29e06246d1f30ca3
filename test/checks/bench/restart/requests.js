import { request } from 'node:http';

/** From then on a request is given up, in milliseconds. */
const TIMEOUT = 15_000;

/**
 * Sends one request and reads its answer to the end; a connection of its own without an agent.
 * Nothing is ever sent a second time: what a browser would repeat in silence is counted here.
 *
 * @returns {Promise<{ time: number, status?: number, body?: string, error?: Error, isReused?: boolean }>}
 *   `time` in milliseconds; either a status or an error
 */
export function send(
  url,
  { path, method = 'GET', headers, body, agent = false, timeout = TIMEOUT },
) {
  const start = performance.now();
  return new Promise((resolve) => {
    const sent = request(new URL(path, url), { method, headers, agent });
    const timer = setTimeout(() => {
      sent.destroy(Object.assign(new Error(`no answer within ${timeout} ms`), { code: 'TIMEOUT' }));
    }, timeout);
    const settle = (result) => {
      clearTimeout(timer);
      resolve({ ...result, time: performance.now() - start, isReused: sent.reusedSocket });
    };
    const fail = (error) => settle({ error });
    sent.on('error', fail);
    sent.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', fail); // cut off in the middle of an answer
      response.on('end', () => {
        settle({ status: response.statusCode, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.end(body);
  });
}

/** Logs the user of the benchmark in and gives the cookie. */
export async function logIn(url) {
  const response = await fetch(new URL('/login', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'mistletoe' }),
  });
  const [cookie] = response.headers.getSetCookie();
  if (!response.ok || !cookie) throw new Error(`Could not log in: ${await response.text()}`);
  return cookie.split(';', 1)[0];
}

/** Whether a login is still known; asks again when there was no answer, which is counted elsewhere. */
export async function isLoggedIn({ app, cookie }) {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { status, body } = await send(app.url, { path: '/me', headers: { cookie } });
    if (status === 401) return false;
    if (status === 200) return JSON.parse(body).user.email === 'ada@example.com';
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

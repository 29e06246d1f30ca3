import type { App } from './app.ts';

/** How long calls of an app to Redis may take, in milliseconds: less than a `Browser` waits for an answer. */
const PATIENCE = 10_000;

/** Lets the calls of an app to Redis take as long as they do on a busy machine. Without it they end after 500 ms. */
export function bePatientWithRedis(app: Pick<App, 'read' | 'write'>): void {
  const manifest = JSON.parse(app.read('package.json')) as { holdover?: object };
  const holdover = { ...manifest.holdover, redis: { timeout: PATIENCE } };
  app.write('package.json', JSON.stringify({ ...manifest, holdover }));
}

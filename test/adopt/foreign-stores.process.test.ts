import { expect, it } from 'vitest';
import { toExpressApp } from '../support/care-app.ts';
import { Watched } from '../support/watched.ts';

it('names a store in memory that is not adopted, once in all restarts, and no other', async () => {
  const stores = `
    class Counting extends session.MemoryStore { set(...words) { super.set(...words); } }
    class PGStore extends session.Store {}
    class Mine extends session.Store {}
    for (const store of [new Counting(), new PGStore(), new Mine()])
      session({ secret: 's', resave: false, saveUninitialized: false, store });
    session({ secret: 's', resave: false, saveUninitialized: false, name: 'other', store: new Counting() });`;
  const watched = await Watched.begin({ files: { 'server.js': toExpressApp('', stores) } });
  const said =
    /\[holdover\] express-session has a store of the app's own in memory \(Counting\), so its sessions end with the process\. Give it none, or createStore\(\) of holdover\.$/;
  await watched.printed(said);
  await watched.restart(/^listening/);
  await watched.restart(/^listening/);
  expect(watched.count(said)).toBe(1);
  expect(watched.running.output).not.toMatch(/PGStore|Mine/);
});

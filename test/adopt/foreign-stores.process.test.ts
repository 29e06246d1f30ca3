import { expect, it } from 'vitest';
import { toExpressApp } from '../support/care-app.ts';
import { Rig } from '../support/rig.ts';

it('names a store in memory that is not adopted, once in all restarts, and no other', async () => {
  const stores = `
    class Counting extends session.MemoryStore { set(...words) { super.set(...words); } }
    class PGStore extends session.Store {}
    class Mine extends session.Store {}
    for (const store of [new Counting(), new PGStore(), new Mine()])
      session({ secret: 's', resave: false, saveUninitialized: false, store });
    session({ secret: 's', resave: false, saveUninitialized: false, name: 'other', store: new Counting() });`;
  const rig = await Rig.start({
    needsPort: true,
    files: { 'server.js': toExpressApp('', stores) },
  });
  const said =
    /\[holdover\] express-session has a store of the app's own in memory \(Counting\), so its sessions end with the process\. Give it none, or createStore\(\) of holdover\.$/;
  await rig.printed(said);
  await rig.restart(/^listening/);
  await rig.restart(/^listening/);
  expect(rig.count(said)).toBe(1);
  expect(rig.output).not.toMatch(/PGStore|Mine/);
});

import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';

/** Shows how each method of what is adopted is defined. */
const SHOW = `
import { Store } from '@fastify/session';
import session from 'express-session';
import { MemoryStore } from 'hono-sessions';
import createMemoryStore from 'memorystore';
import passport from 'passport';
const prototypes = {
  express: session.MemoryStore.prototype,
  fastify: Store.prototype,
  hono: MemoryStore.prototype,
  memorystore: createMemoryStore(session).prototype,
  passport: Object.getPrototypeOf(passport._strategies.session),
};
const show = ({ value, get, ...attributes }) => ({ ...attributes, name: value?.name, length: value?.length });
const toShown = (prototype) =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype)).map(([key, one]) => [key, show(one)]);
console.log(JSON.stringify(Object.entries(prototypes).map(([name, one]) => [name, toShown(one)])));
`;

it('leaves the methods of what is adopted with their names, lengths and attributes', async () => {
  const app = await createApp();
  app.write('package.json', '{ "name": "shown", "type": "module" }');
  for (const name of ['hono-sessions', 'hono', 'memorystore']) linkPackage(app, name);
  app.write('app.js', SHOW);
  const plain = await runScript(app, ['app.js']);
  const held = await runScript(app, ['--import', 'holdover/register', 'app.js']);
  expect(JSON.parse(held.stdout)).toEqual(JSON.parse(plain.stdout));
});

import { adminJs } from './catalog/adminjs.ts';
import { bullBoard } from './catalog/bull-board.ts';
import { nestBuild, nestStart } from './catalog/nest.ts';
import { nitro } from './catalog/nitro.ts';
import { socketIo } from './catalog/socket-io.ts';
import { svelteKit } from './catalog/sveltekit.ts';
import { template } from './catalog/template.ts';
import { wsApp } from './catalog/ws.ts';
import type { RealApp } from './real-app.ts';
import type { Recipe } from './recipe.ts';

/** One file each; those that take longest first. */
export const APPS: RealApp[] = [
  nestStart,
  nestBuild,
  adminJs,
  template,
  bullBoard,
  nitro,
  socketIo,
  wsApp,
];

/** Those of the documentation that are run here; Node's own needs no packages and is among the tests. */
export const RECIPES: Recipe[] = [svelteKit];

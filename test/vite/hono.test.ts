import { describeSurvivals } from './survivals.ts';
import { HONO } from './subjects.ts';

describeSurvivals(HONO);

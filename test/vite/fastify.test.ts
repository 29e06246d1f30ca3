import { describeSurvivals } from './survivals.ts';
import { FASTIFY } from './subjects.ts';

describeSurvivals(FASTIFY);

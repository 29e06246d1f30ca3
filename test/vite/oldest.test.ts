import { describeSurvivals } from './survivals.ts';
import { EXPRESS, HONO_INLINED, OLDEST_VITE } from './subjects.ts';

// The other apps differ in what is evaluated, not in what Vite does.
describeSurvivals(EXPRESS, [OLDEST_VITE]);
describeSurvivals(HONO_INLINED, [OLDEST_VITE]);

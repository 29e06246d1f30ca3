import { describeSurvivals } from './survivals.ts';
import { EXPRESS } from './subjects.ts';

describeSurvivals(EXPRESS);

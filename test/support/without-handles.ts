import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'without-handles.mjs');

/** The environment of a Node whose handles holdover cannot have: it does with public APIs. */
export const WITHOUT_HANDLES = { NODE_OPTIONS: `--import=${pathToFileURL(FIXTURE).href}` };

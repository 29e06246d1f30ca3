/**
 * The last `--import` of holdover's own: the process waits here, with Node, tsx and the hooks loaded,
 * until its turn has come. What follows, the user's own `--import` modules and the entry, runs as in
 * any other process: the entry is the main module.
 */
import { resolveOrphaned, resolveSupervised } from '../../../options/supervision.ts';
import { hasGone } from './wait-for-go.ts';

if (resolveOrphaned()) process.exit();
if (resolveSupervised()) await hasGone();

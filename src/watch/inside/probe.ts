/**
 * The last `--import` of a process that finds out which packages may be loaded in advance. It never
 * comes to the entry.
 */
import { probe } from '../preload/probe.ts';
import { send } from './channel.ts';
import { whatToProbe } from './prepare.ts';

process.channel?.ref();
const plan = await probe(await whatToProbe());
await send({ holdover: 'plan', plan });
process.exit(0);

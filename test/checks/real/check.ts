// Popular packages in many orders: what an app sees of them after a restart is what it sees cold.
//
//   npm run check:orders -- [--seed 1] [--orders 100] [--order 17] [--keep]
import { parseArgs } from 'node:util';
import setup from '../../support/global-setup.ts';
import { checkOrder, type Finding } from './check-order.ts';
import { formatFindings, formatOrder, formatSummary } from './format.ts';
import { installPackages } from './install.ts';
import { drawOrder } from './order.ts';

/** One of them waits a quarter of its time until nobody has anything left to do ahead. */
const AT_ONCE = 3;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    orders: { type: 'string' },
    order: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const count = Number(values.orders ?? 100);
const numbers = values.order ? [Number(values.order)] : Array.from({ length: count }, (_, n) => n);

async function checkAll(): Promise<boolean> {
  installPackages(import.meta.dirname);
  const tearDown = setup();
  console.log(`Seed ${seed}, ${numbers.length} orders, Node ${process.version}`);
  const waiting = [...numbers];
  const failed: Finding[][] = [];
  const checkNext = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const bad = await check(number);
      if (bad.length > 0) failed.push(bad);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, checkNext));
  tearDown();
  if (failed.length > 1) console.log(`${formatSummary(failed)}\n`);
  console.log(`${numbers.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0;
}

/** Checks one app, and gives what is wrong. */
async function check(number: number): Promise<Finding[]> {
  const order = drawOrder(seed, number);
  const findings = await checkOrder(order, values.keep).catch((error: Error): Finding[] => [
    { run: 'cold', differences: [], failure: error.message },
  ]);
  const bad = findings.filter(({ differences, failure }) => failure ?? differences.length > 0);
  if (bad.length > 0) console.log(`${formatOrder(seed, order)}\n${formatFindings(bad)}\n`);
  return bad;
}

process.once('SIGINT', () => process.exit(130)); // with all that was started
void checkAll().then((isGood) => {
  process.exitCode = isGood ? 0 : 1;
});

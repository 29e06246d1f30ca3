import { median } from '../report.js';
import { describeMemory } from './memory.js';

/** The value below which lie `share` of the numbers. */
export function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** How much of the time of another restarter one takes; `undefined` where the other is not there. */
export function toRatio(result, results, otherId, pick = ({ times }) => times) {
  const other = results.find(({ id }) => id === otherId);
  if (!other || other.times.length === 0 || result.times.length === 0) return undefined;
  return median(pick(result)) / median(pick(other));
}

/** Prints what was seen of each restarter, and of holdover what exactly has failed. */
export function printResults(results) {
  const print = (toRow) =>
    console.table(Object.fromEntries(results.map((result) => [result.name, toRow(result)])));
  print((result) => toTimes(result, results));
  print(toLosses);
  for (const { name, traffic, polls, memory } of results.filter(isHoldover)) {
    if (traffic.reasons.size > 0) console.log(`${name}: ${traffic.describe()}`);
    if (polls.reasons.size > 0) console.log(`${name}, polls: ${polls.describe()}`);
    if (memory.length > 0) console.log(`${name}, MB of RSS (PSS): ${describeMemory(memory)}`);
  }
}

function isHoldover({ name }) {
  return name.startsWith('holdover');
}

function toTimes(result, results) {
  const { times, worst, pages, requests, missed, stuck } = result;
  return {
    ...(times.length > 0 && {
      'median ms': Math.round(median(times)),
      p95: Math.round(percentile(times, 0.95)),
      min: Math.round(Math.min(...times)),
      max: Math.round(Math.max(...times)),
    }),
    ...(worst.length > 0 && { 'worst of ten': Math.round(median(worst)) }),
    'of tsx watch': toRatio(result, results, 'tsx')?.toFixed(2) ?? '',
    'of bun --hot': toRatio(result, results, 'bun-hot')?.toFixed(2) ?? '',
    ...(pages.length > 0 && {
      'requests 2 to 20': Math.round(median(pages)),
      'p95 of them': percentile(requests, 0.95).toFixed(1),
      'slowest of them': Math.round(Math.max(...requests)),
    }),
    missed,
    'broken down': stuck,
  };
}

function toLosses({ traffic, polls, logins, loginsKept, memory }) {
  return {
    requests: traffic.sent,
    refused: traffic.refused,
    reset: traffic.reset,
    '5xx': traffic.serverErrors,
    other: traffic.others,
    'logins kept': `${loginsKept} of ${logins}`,
    'longest wait': Math.round(Math.max(traffic.longestWait, polls.longestWait)),
    'MB (PSS)': Math.round(memory.reduce((sum, { share }) => sum + share, 0)) || '',
  };
}

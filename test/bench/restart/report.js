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

/** Prints what was seen of each restarter, and what exactly has failed. */
export function printResults(results) {
  console.table(Object.fromEntries(results.map((result) => [result.name, toRow(result, results)])));
  for (const { name, traffic, polls } of results) {
    if (traffic.reasons.size > 0) console.log(`${name}: ${traffic.describe()}`);
    if (polls.reasons.size > 0) console.log(`${name}, polls: ${polls.describe()}`);
  }
  for (const { id, name, memory } of results) {
    if (!['holdover', 'no-standby'].includes(id) || memory.length === 0) continue;
    console.log(`${name}, MB of RSS (of PSS) at rest: ${describeMemory(memory)}`);
  }
}

function toRow(result, results) {
  const { times, traffic, polls, logins, loginsKept, missed, stuck, memory } = result;
  return {
    ...(times.length > 0 && toTimes(result)),
    'of tsx watch': toRatio(result, results, 'tsx')?.toFixed(2) ?? '',
    'of bun --hot': toRatio(result, results, 'bun-hot')?.toFixed(2) ?? '',
    requests: traffic.sent,
    refused: traffic.refused,
    reset: traffic.reset,
    '5xx': traffic.serverErrors,
    other: traffic.others,
    'logins kept': `${loginsKept} of ${logins}`,
    'longest wait': Math.round(Math.max(traffic.longestWait, polls.longestWait)),
    missed,
    stuck,
    'MB (PSS)': Math.round(memory.reduce((sum, { share }) => sum + share, 0)) || '',
  };
}

function toTimes({ times, worst, pages, requests }) {
  return {
    'median ms': Math.round(median(times)),
    p95: Math.round(percentile(times, 0.95)),
    min: Math.round(Math.min(...times)),
    max: Math.round(Math.max(...times)),
    ...(worst && { 'worst of ten': Math.round(median(worst)) }),
    ...(pages && {
      '2 to 20': Math.round(median(pages)),
      'p95 of them': percentile(requests, 0.95).toFixed(1),
      'slowest of them': Math.round(Math.max(...requests)),
    }),
  };
}

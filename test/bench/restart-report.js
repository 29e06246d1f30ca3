import { median } from './report.js';

/** The most that a restart may take, as a part of what tsx watch takes. */
const TIME_GOAL = 0.25;

/** The value below which lie `share` of the numbers. */
export function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** One row of the table. */
export function toRow({ times, traffic, loginsKept, missed }, tsx) {
  return {
    'median ms': Math.round(median(times)),
    p95: Math.round(percentile(times, 0.95)),
    min: Math.round(Math.min(...times)),
    max: Math.round(Math.max(...times)),
    'of tsx watch': ratio(times, tsx.times).toFixed(2),
    requests: traffic.sent,
    refused: traffic.refused,
    reset: traffic.reset,
    '5xx': traffic.serverErrors,
    other: traffic.others,
    'logins kept': `${loginsKept} of ${times.length}`,
    'longest wait': Math.round(traffic.longestWait),
    missed,
  };
}

/** What was to be reached, and whether it was. Time does not decide: the machine may be busy. */
export function toGoals(holdover, tsx) {
  const part = ratio(holdover.times, tsx.times);
  return [
    {
      text: `time: ${part.toFixed(2)} of tsx watch, at most ${TIME_GOAL} wanted`,
      isMet: part <= TIME_GOAL,
      isDecisive: false,
    },
    ...toLossGoals(holdover),
  ];
}

/** That nothing was lost. */
export function toLossGoals({ times, traffic, polls, loginsKept }) {
  const { refused, reset, resetWhenReused, serverErrors, others, loggedOut } = traffic;
  const lost = times.length - loginsKept;
  return [
    {
      text:
        `requests: ${refused} of ${traffic.sent} refused, ${reset} reset ` +
        `(${resetWhenReused} on a connection used again), ${serverErrors + others} failed otherwise`,
      isMet: traffic.failed === 0,
      isDecisive: true,
    },
    {
      text: `polls: ${polls.refused} of ${polls.sent} refused, ${polls.reset} reset, ${polls.failed - polls.refused - polls.reset} failed otherwise`,
      isMet: polls.failed === 0,
      isDecisive: true,
    },
    {
      text: `logins: ${lost} of ${times.length} lost, ${loggedOut} requests answered 401`,
      isMet: lost === 0 && loggedOut === 0,
      isDecisive: true,
    },
  ];
}

/** Prints the goals; the exit code is 1 when one that decides was missed. */
export function printGoals(goals) {
  for (const { text, isMet } of goals) console.log(`${isMet ? '✓' : '✗'} ${text}`);
  if (goals.some(({ isMet, isDecisive }) => isDecisive && !isMet)) process.exitCode = 1;
}

function ratio(times, others) {
  return median(times) / median(others);
}

import { toRatio } from './report.js';

const toWorst = ({ worst }) => worst;

/** The most that holdover may take, as a part of what another takes, on a calm machine. */
const GOALS = {
  esm: [
    { other: 'tsx', most: 0.15, mostOn24: 0.12 },
    { other: 'bun-hot', most: 1.8 },
  ],
  commonjs: [{ other: 'tsx', most: 0.25 }],
  large: [{ other: 'tsx', most: 0.25 }],
  first: [{ other: 'tsx', most: 0.2 }],
  burst: [
    { other: 'tsx', most: 0.25, mostOn24: 0.15 },
    { other: 'tsx', most: 0.45, pick: toWorst, what: 'the worst of ten' },
  ],
  requests: [],
};

/** What was to be reached in time, and whether it was. It does not decide: the machine may be busy. */
export function toTimeGoals({ name, hasGoals }, results, nodeVersion) {
  if (!hasGoals) return [];
  const holdover = results.find(({ id }) => id === 'holdover');
  return GOALS[name].flatMap(({ other, most, mostOn24, pick, what = 'median' }) => {
    const ratio = toRatio(holdover, results, other, pick);
    if (ratio === undefined) return [];
    const bar = nodeVersion >= 24 ? (mostOn24 ?? most) : most;
    const otherName = results.find(({ id }) => id === other).name;
    const text = `${what}: ${ratio.toFixed(2)} of ${otherName}, at most ${bar} wanted`;
    return [{ text, isMet: ratio <= bar, isDecisive: false }];
  });
}

/** That nothing was lost. */
export function toLossGoals({ times, traffic, polls, logins, loginsKept, stuck }) {
  return [
    toRequestGoal('requests', traffic),
    toRequestGoal('polls', polls),
    {
      text: `logins: ${logins - loginsKept} of ${logins} lost, ${traffic.loggedOut} requests answered 401`,
      isMet: loginsKept === logins && traffic.loggedOut === 0,
      isDecisive: true,
    },
    {
      text: `restarts: ${times.length} seen, broken down ${stuck} times`,
      isMet: stuck === 0,
      isDecisive: true,
    },
  ];
}

function toRequestGoal(what, { sent, refused, reset, resetWhenReused, failed }) {
  return {
    text:
      `${what}: ${refused} of ${sent} refused, ${reset} reset ` +
      `(${resetWhenReused} on a connection used again), ${failed - refused - reset} failed otherwise`,
    isMet: failed === 0,
    isDecisive: true,
  };
}

/** Prints the goals; the exit code is 1 when one that decides was missed. */
export function printGoals(goals) {
  for (const { text, isMet } of goals) console.log(`${isMet ? '✓' : '✗'} ${text}`);
  if (goals.some(({ isMet, isDecisive }) => isDecisive && !isMet)) process.exitCode = 1;
}

import type { RealApp } from './real-app.ts';
import { toLines } from './same.ts';
import type { Story } from './story.ts';

/** What is another way under holdover, and must not be; in lines. */
export function compare(app: RealApp, plain: Story, held: Story): string[] {
  const toText = (printed: string): string => toLines(printed, app.noise).join('\n');
  return [
    ...compareLogins(plain, held),
    ...compareAnswers(plain, held),
    ...compareTexts('stdout', toText(plain.stdout), toText(held.stdout)),
    ...compareTexts('stderr', toText(plain.stderr), toText(held.stderr)),
    ...(plain.exit === held.exit ? [] : [`Ctrl-C ends it with ${held.exit}, not ${plain.exit}.`]),
  ];
}

/** That logins end without holdover shows that they are looked at. */
function compareLogins(plain: Story, held: Story): string[] {
  return Object.keys(plain.logins).flatMap((what) => [
    ...(plain.logins[what] === undefined
      ? []
      : [`${what}: the login stays without holdover, too.`]),
    ...(held.logins[what] === undefined ? [`${what}: the login is lost.`] : []),
  ]);
}

function compareAnswers(plain: Story, held: Story): string[] {
  const names = new Set([...Object.keys(plain.answers), ...Object.keys(held.answers)]);
  return [...names].flatMap((name) => {
    return compareTexts(name, plain.answers[name] ?? '', held.answers[name] ?? '');
  });
}

function compareTexts(name: string, was: string, is: string): string[] {
  return was === is ? [] : [name, ...listDifferences(was, is)];
}

/** The lines that are only on one side, or another number of times. */
function listDifferences(was: string, is: string): string[] {
  const left = is.split('\n');
  const missing = was.split('\n').filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  const lines = [...missing.map((line) => `  - ${line}`), ...left.map((line) => `  + ${line}`)];
  return lines.length === 0 ? ['  another order of lines'] : lines;
}

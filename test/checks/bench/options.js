import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

/** On what is measured. */
export function describeMachine(node) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const cores = cpus();
  const load = loadavg()[0].toFixed(2);
  return `Node ${version}, ${cores.length} x ${cores[0]?.model ?? 'unknown'}, load average ${load}`;
}

export function toPositive(name, text) {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`${name} must be a number above 0, not ${JSON.stringify(text)}.`);
}

/**
 * Reads `--runs 3 --sessions 1000`: numbers above 0, by the names of the flags.
 *
 * @param defaults those that are known, with what they are where nothing is said
 */
export function readNumbers(defaults, args = process.argv.slice(2)) {
  const names = Object.keys(defaults);
  const { values } = parseArgs({
    args,
    options: Object.fromEntries(
      names.map((name) => [name, { type: 'string', default: String(defaults[name]) }]),
    ),
  });
  return Object.fromEntries(names.map((name) => [name, toPositive(`--${name}`, values[name])]));
}

/**
 * Reads numbers as `readNumbers` does, and `--node <path>`: the Node to measure with.
 *
 * @param defaults of the numbers
 */
export function readOptions(defaults) {
  const words = process.argv.slice(2);
  const at = words.indexOf('--node');
  const [, node = process.execPath] = at < 0 ? [] : words.splice(at, 2);
  return { node, ...readNumbers(defaults, words) };
}

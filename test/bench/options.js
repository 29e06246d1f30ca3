import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Reads the flags of a benchmark of restarts: how often, which kind of package the app is, and which
 * Node runs it.
 *
 * @param {string} flag the name of the flag that says how often
 * @param {string} usual how often without it
 */
export function readRestartOptions(flag, usual) {
  const { values } = parseArgs({
    options: {
      [flag]: { type: 'string', default: usual },
      type: { type: 'string', default: 'module' },
      node: { type: 'string', default: process.execPath },
    },
  });
  if (!['module', 'commonjs'].includes(values.type)) {
    throw new Error(`--type must be module or commonjs, not ${JSON.stringify(values.type)}.`);
  }
  const times = Math.ceil(toPositive(`--${flag}`, values[flag]));
  return { times, type: values.type, node: resolve(values.node) };
}

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

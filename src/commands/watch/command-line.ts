/** A command line of `holdover watch`, taken apart. */
interface SplitCommandLine {
  /** holdover's own flags. */
  own: string[];
  /** Flags that go to Node as they are. */
  nodeFlags: string[];
  /** The first word that is no flag and no value of one. */
  entry: string | undefined;
  /** Everything after the entry belongs to the app. */
  args: string[];
}

/** Flags of Node that take their value as the next word. All others are written `--flag=value`. */
const NODE_FLAGS_WITH_VALUE = new Set([
  '-C',
  '-r',
  '--conditions',
  '--diagnostic-dir',
  '--disable-warning',
  '--dns-result-order',
  '--env-file',
  '--env-file-if-exists',
  '--experimental-loader',
  '--icu-data-dir',
  '--import',
  '--input-type',
  '--inspect-port',
  '--loader',
  '--max-http-header-size',
  '--openssl-config',
  '--redirect-warnings',
  '--require',
  '--stack-trace-limit',
  '--title',
  '--tls-cipher-list',
  '--tls-keylog',
  '--trace-event-categories',
  '--unhandled-rejections',
]);

/**
 * Takes a command line apart: `[own and node flags] <entry> [args of the app]`.
 *
 * @param ownFlags holdover's flags, with whether they take a value
 */
export function splitCommandLine(
  words: string[],
  ownFlags: ReadonlyMap<string, boolean>,
): SplitCommandLine {
  const split: SplitCommandLine = { own: [], nodeFlags: [], entry: undefined, args: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (!word.startsWith('-') || word === '-') {
      split.entry = word;
      split.args = words.slice(i + 1);
      return split;
    }
    const [flag = word] = word.split('=', 1);
    const isOwn = ownFlags.has(flag);
    const takesValue = isOwn ? ownFlags.get(flag) : NODE_FLAGS_WITH_VALUE.has(flag);
    const target = isOwn ? split.own : split.nodeFlags;
    target.push(word);
    const value = words[i + 1];
    if (takesValue && flag === word && value !== undefined) {
      target.push(value);
      i++;
    }
  }
  return split;
}

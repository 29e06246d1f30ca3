/** A command line of `holdover watch`, taken apart. */
interface SplitCommandLine {
  /** The flags that are named, as they were typed, with their values. */
  own: string[];
  /** Flags that go to Node as they are. */
  nodeFlags: string[];
  /** The first word that is no flag and no value of one. */
  entry: string | undefined;
  /** Everything after the entry belongs to the app; and what comes after `--`, where no entry does. */
  args: string[];
}

/** Flags of Node that take their value as the next word. All others are written `--flag=value`. */
export const NODE_FLAGS_WITH_VALUE = new Set([
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
 * Takes a command line apart: `[own and node flags] <entry> [args of the app]`. After `--` there are no
 * more flags: what follows is the entry, or, where it begins with a dash, words for the app.
 *
 * @param ownFlags flags that are not for Node, with whether they take a value
 */
export function splitCommandLine(
  words: string[],
  ownFlags: ReadonlyMap<string, boolean>,
): SplitCommandLine {
  const split: SplitCommandLine = { own: [], nodeFlags: [], entry: undefined, args: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') {
      const rest = words.slice(i + 1);
      if (rest[0]?.startsWith('-')) return { ...split, args: rest };
      return { ...split, entry: rest[0], args: rest.slice(1) };
    }
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

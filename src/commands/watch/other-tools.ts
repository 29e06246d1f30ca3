/** What a flag of another restarter is here. */
export type Meaning =
  /** Another flag of holdover, with the same value. */
  | { as: string }
  /** Nothing, and nothing is missed: the reason. */
  | { noEffect: string }
  /** Refused: what to do instead, as a sentence without its full stop. */
  | { instead: string }
  /** A setting of nodemon, which is read like those of nodemon.json. */
  | { nodemon: 'watch' | 'ignore' | 'ext' | 'exec' | 'config' }
  /** What it is depends on its value. */
  | { decide: (value: string) => Meaning };

const POLL = { instead: 'Set CHOKIDAR_USEPOLLING=1 in the environment instead' };
const COLOR = { instead: 'Set NO_COLOR=1 in the environment instead' };
const PACKAGES = { instead: 'Leave it away, and press Enter after a change in a package' };
const SIGNAL = {
  decide: (signal: string): Meaning =>
    /^(SIG)?TERM$/i.test(signal)
      ? { noEffect: 'this is the signal' }
      : {
          instead: 'Leave it away: the app is asked to end by SIGTERM, so have it listen for that',
        },
};
const LEFT_AWAY = 'Leave it away';
const BURST = { noEffect: 'saves that come together are one restart' };
const INPUT = { noEffect: 'the app gets its input, and Enter restarts' };
const ONE_LINE = { noEffect: 'a restart is one line' };
const TYPES = { noEffect: 'types are never checked' };
const TS_NODE = { noEffect: 'tsx does that, or needs no telling' };
const PROCESS = { noEffect: 'each run is a process of its own, and the app ends in its own way' };

/** A flag of ts-node-dev that is a regular expression: most are the name of a folder. */
function toExclude(pattern: string): Meaning {
  const isPlain = /^[\w./@-]+$/.test(pattern);
  return isPlain ? { nodemon: 'ignore' } : { instead: 'Write --exclude <glob>' };
}

/** Flags with a value. */
const WITH_VALUE: Record<string, Meaning> = {
  '--ignore': { as: '--exclude' },
  '--watch-path': { as: '--include' },
  '--watch-kill-signal': SIGNAL,
  '-w': { nodemon: 'watch' },
  '-i': { nodemon: 'ignore' },
  '-e': { nodemon: 'ext' },
  '--ext': { nodemon: 'ext' },
  '-x': { nodemon: 'exec' },
  '--exec': { nodemon: 'exec' },
  '--config': { nodemon: 'config' },
  '-d': BURST,
  '--delay': BURST,
  '-s': SIGNAL,
  '--signal': SIGNAL,
  '--cwd': { instead: 'Go to that folder before' },
  '--polling-interval': POLL,
  '--ignore-watch': { decide: toExclude },
  '--project': { as: '--tsconfig' },
  '-P': { as: '--tsconfig' },
  '--debounce': BURST,
  '--interval': { noEffect: 'nothing is polled' },
  '--deps-level': PACKAGES,
  '--compile-timeout': TS_NODE,
  '--cache-directory': { noEffect: 'tsx has a cache of its own' },
  '--dir': TS_NODE,
  '--scopeDir': TS_NODE,
  '-D': TYPES,
  '--ignore-diagnostics': TYPES,
  '-O': { instead: 'Write it into a tsconfig, and name that with --tsconfig' },
  '--compiler-options': { instead: 'Write it into a tsconfig, and name that with --tsconfig' },
  '--compiler': { instead: LEFT_AWAY },
  '--transpiler': { instead: LEFT_AWAY },
};

/** Flags without one. */
const WITHOUT_VALUE: Record<string, Meaning> = {
  // `node --watch app.js`, and `nodemon --watch src`
  '--watch': {
    instead: 'Leave it away, or write --include <path> for files that the app does not load',
  },
  '--watch-preserve-output': { as: '--no-clear-screen' },
  '-V': { as: '--verbose' },
  '-q': ONE_LINE,
  '--quiet': ONE_LINE,
  '-I': INPUT,
  '--no-stdin': INPUT,
  '-L': POLL,
  '--legacy-watch': POLL,
  '--poll': POLL,
  '--on-change-only': { instead: 'Leave it away: the app is started at once' },
  '--exitcrash': { instead: 'Leave it away: after a crash the next save starts the app' },
  '--spawn': PROCESS,
  '--js': PROCESS,
  '--no-colors': COLOR,
  '--no-colours': COLOR,
  '--no-update-notifier': { noEffect: 'nothing looks for updates' },
  '--dump': { instead: LEFT_AWAY },
  '--respawn': { noEffect: 'the next save starts an app that has ended' },
  '--transpile-only': TYPES,
  '-T': TYPES,
  '--type-check': { instead: 'Leave it away, and run `tsc --noEmit --watch` beside it' },
  '--clear': { as: '--clear-screen' },
  '--cls': { as: '--clear-screen' },
  '--debug': { as: '--verbose' },
  '--rs': { noEffect: 'Enter restarts' },
  '--notify': { noEffect: 'what happens is said in the terminal' },
  '--no-notify': { noEffect: 'what happens is said in the terminal' },
  '--tree-kill': PROCESS,
  '--exit-child': PROCESS,
  '--fork': PROCESS,
  '--no-fork': PROCESS,
  '--dedupe': PROCESS,
  '--exec-check': PROCESS,
  '--error-recompile': { noEffect: 'a crash ends with the next save' },
  '--deps': PACKAGES,
  '--all-deps': PACKAGES,
  '--no-deps': { noEffect: 'packages are not watched' },
  '--files': TYPES,
  '--pretty': TYPES,
  '--log-error': TYPES,
  '--emit': TS_NODE,
  '--prefer-ts': TS_NODE,
  '--prefer-ts-exts': TS_NODE,
  '--script-mode': TS_NODE,
  '--scope': TS_NODE,
  '--skip-ignore': TS_NODE,
  '--compiler-host': TS_NODE,
  '-H': TS_NODE,
  '--esm': TS_NODE,
  '--skip-project': { instead: 'Name a tsconfig with --tsconfig' },
};

/** The flags of tsx watch, node --watch, nodemon and ts-node-dev, and whether they take a value. */
export const OTHER_FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...Object.keys(WITH_VALUE).map((flag) => [flag, true] as const),
  ...Object.keys(WITHOUT_VALUE).map((flag) => [flag, false] as const),
]);

/** What a flag of another restarter is here; `undefined` where none of them has it. */
export function toMeaning(flag: string, value: string | undefined): Meaning | undefined {
  if (flag === '--watch' && value !== undefined) return { nodemon: 'watch' }; // `--watch=src`
  const meaning = WITH_VALUE[flag] ?? WITHOUT_VALUE[flag];
  return meaning && 'decide' in meaning ? meaning.decide(value ?? '') : meaning;
}

/**
 * Functions and classes of Node that a module may call while it is evaluated: the result depends on the
 * arguments only, or cannot be told from that of a later call, and nothing is left behind. All others
 * are an offence. `x.*` stands for every function right in x.
 */
const HARMLESS = new Set([
  'AbortController',
  'Buffer',
  'Buffer.*',
  'Event',
  'EventTarget',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URL.*',
  'URLSearchParams',
  'assert',
  'assert.*',
  'assert.strict.*',
  'async_hooks.AsyncLocalStorage',
  'atob',
  'btoa',
  'buffer.Buffer',
  'buffer.Buffer.*',
  'crypto.createHash',
  'crypto.getCiphers',
  'crypto.getCurves',
  'crypto.getHashes',
  'crypto.randomBytes',
  'crypto.randomUUID',
  'diagnostics_channel.channel', // what it gives is watched as well
  'diagnostics_channel.tracingChannel',
  'events',
  'events.EventEmitter',
  'net.isIP',
  'net.isIPv4',
  'net.isIPv6',
  'os.arch',
  'os.endianness',
  'os.platform',
  'os.release',
  'os.type',
  'path.*',
  'path.posix.*',
  'path.win32.*',
  'process.cwd', // what it says is part of the world
  'punycode.*',
  'querystring.*',
  'string_decoder.StringDecoder',
  'structuredClone',
  'url.*',
  'util.TextDecoder',
  'util.TextEncoder',
  'util.debuglog',
  'util.deprecate',
  'util.format',
  'util.inherits',
  'util.inspect',
  'util.isDeepStrictEqual',
  'util.promisify',
  'util.types.*',
]);

/** Getters of Node that give the same object or value at any time. */
const HARMLESS_GETTERS = new Set([
  'buffer.INSPECT_MAX_BYTES', // its value is part of the world
  'crypto.constants',
  'crypto.prng',
  'crypto.pseudoRandomBytes',
  'crypto.rng',
  'crypto.subtle',
  'crypto.webcrypto',
  'fs.ReadStream', // part of the world
  'fs.WriteStream',
  'fs.promises',
  'process.features.*',
  'process.stderr',
  'process.stdout',
  'stream.promises',
  'util.types',
]);

/** What process has while there is a channel to the parent. */
export const CHANNEL =
  '_channel _disconnect _handleQueue _pendingMessage _send channel connected disconnect send'.split(
    ' ',
  );

/** Values of Node that differ between a standby and a cold start, or while a process runs. */
const CHANGING = new Set([
  'Module._cache',
  'Module._pathCache',
  'http.globalAgent',
  'https.globalAgent',
  'module._cache',
  'module._pathCache',
  'process._events',
  'process._eventsCount',
  'process.mainModule',
  'process.moduleLoadList',
  ...CHANNEL.map((name) => `process.${name}`),
]);

/** Whether a call leaves no trace, by the name of the function: `fs.readFileSync`. */
export function isHarmlessCall(path: string): boolean {
  return HARMLESS.has(path) || HARMLESS.has(path.replace(/\.[^.]+$/, '.*'));
}

/** Whether a getter may run. */
export function isHarmlessGetter(path: string): boolean {
  return HARMLESS_GETTERS.has(path) || HARMLESS_GETTERS.has(path.replace(/\.[^.]+$/, '.*'));
}

/** Whether a value may be another one later, so that reading it is an offence. */
export function isChanging(path: string): boolean {
  return CHANGING.has(path);
}

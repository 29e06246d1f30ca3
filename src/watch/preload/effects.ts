/** What reaches beyond the process, or ends it: in a probe it must not happen a second time. */
const OUTWARD = [
  /^(?:child_process|cluster|dgram|dns|http2?|https|inspector|net|repl|tls)(?:\.promises)?\.(?!is)/,
  /^fs\.(?:promises\.)?(?:append|chmod|chown|copy|cp|createWrite|fchmod|fchown|ftrunc|futimes|l?chown|lchmod|link|lutimes|mkd|open|rename|rm|symlink|truncate|unlink|utimes|watch|write)/,
  /^process\.(?:abort|chdir|dlopen|disconnect|exit|kill|reallyExit|send|set\w*id|setgroups|umask)$/,
  /^(?:worker_threads\.Worker|fetch|WebSocket|EventSource)$/,
];

/** Whether a call by a module, while it is evaluated, is kept from happening in a probe. */
export function isOutward(path: string): boolean {
  return OUTWARD.some((pattern) => pattern.test(path));
}

/** Node's own modules that print nothing and do nothing when they are loaded. */
export const QUIET_BUILTINS = new Set(
  'assert assert/strict async_hooks buffer child_process crypto diagnostics_channel dns dns/promises events fs fs/promises http http2 https net os path path/posix perf_hooks querystring readline stream stream/promises stream/web string_decoder timers timers/promises tls tty url util v8 vm worker_threads zlib'.split(
    ' ',
  ),
);

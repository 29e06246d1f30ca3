/** Builtins that are patched in practice, and those that packages look at while they are evaluated. */
export const PATCHABLE =
  `assert async_hooks buffer child_process crypto diagnostics_channel dns events fs http http2 https
  module net os path perf_hooks process querystring readline stream string_decoder timers tls tty url
  util v8 vm worker_threads zlib`.split(/\s+/);

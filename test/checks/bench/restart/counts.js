const REFUSED = new Set(['ECONNREFUSED']);
const RESET = new Set(['ECONNRESET', 'EPIPE']); // "socket hang up" is an ECONNRESET of Node's own

/** What has become of requests. */
export class Counts {
  sent = 0;
  /** There was nobody to connect to. */
  refused = 0;
  /** The connection ended before the answer did. */
  reset = 0;
  /** Those of the resets that hit a kept-alive connection when it was used again. */
  resetWhenReused = 0;
  /** Answers of 500 and above. */
  serverErrors = 0;
  /** Everything else that was not as it should be: no answer in time, another status. */
  others = 0;
  /** Requests with the cookie of the first login that were answered 401. */
  loggedOut = 0;
  /** Milliseconds, of any request, however it ended. */
  longestWait = 0;
  /** What exactly happened, and how often. */
  reasons = new Map();

  /** @param wanted the status that says that all is well */
  add({ status, error, time, isReused }, wanted = 200) {
    this.sent++;
    this.longestWait = Math.max(this.longestWait, time);
    if (status === wanted) return;
    if (error) this.#addError(error, isReused);
    else if (status === 401) this.loggedOut++;
    else if (status >= 500) this.serverErrors++;
    else this.others++;
    const reason = error ? toReason(error, isReused) : `status ${status}`;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  /** How many have failed, whichever way. A lost login is no failed request. */
  get failed() {
    return this.refused + this.reset + this.serverErrors + this.others;
  }

  /** In words, for whoever looks for the cause. */
  describe() {
    return [...this.reasons].map(([reason, times]) => `${times} x ${reason}`).join('; ');
  }

  #addError({ code }, isReused) {
    if (REFUSED.has(code)) this.refused++;
    else if (RESET.has(code)) {
      this.reset++;
      if (isReused) this.resetWhenReused++;
    } else this.others++;
  }
}

function toReason({ code, name, message }, isReused) {
  return `${code ?? name}: ${message}${isReused ? ' on a connection used again' : ''}`;
}

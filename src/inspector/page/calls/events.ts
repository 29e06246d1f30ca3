import { open } from './client.ts';

/** What may have changed. */
export type Change = 'sessions' | 'restarts' | 'misses' | 'state';

/** Who hears of it. */
export interface Listener {
  changed(what: string): void;
  /** The events come from now on; what was before may have been missed. */
  connected(): void;
  /** Nobody answers, or with a refusal. */
  lost(error: unknown): void;
}

/** How long until the next attempt, in milliseconds: the first, and at most. */
const SOON = 500;
const LATEST = 5000;

/** A comment comes every 15 seconds; whoever is silent for longer than this is gone. In milliseconds. */
const SILENCE = 40_000;

/**
 * Hears of changes for as long as the page is there, and connects again by itself. `fetch` reads the
 * stream, because EventSource cannot send a header.
 */
export async function listen(listener: Listener): Promise<never> {
  let wait = SOON;
  for (;;) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), SILENCE);
    try {
      const response = await open('events', {
        signal: controller.signal,
        headers: { Accept: 'text/event-stream' },
      }).finally(() => clearTimeout(timer));
      wait = SOON;
      listener.connected();
      await readStream(response, controller, listener).catch(() => {}); // the next attempt tells
    } catch (error) {
      listener.lost(error);
      wait = Math.min(wait * 2, LATEST);
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Reads until either side ends it. */
async function readStream(
  response: Response,
  controller: AbortController,
  listener: Listener,
): Promise<void> {
  let timer = setTimeout(() => controller.abort(), SILENCE);
  try {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), SILENCE);
      const lines = (rest + part.value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('event:')) listener.changed(line.slice('event:'.length).trim());
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

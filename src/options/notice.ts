import { logOnce } from './terminal.ts';

type Listener = (sentence: string) => void;

let listener: Listener = logOnce;

/** Says something of the app once: in this process, and under `holdover watch` in all of its restarts. */
export function notice(sentence: string): void {
  listener(sentence);
}

/** Has somebody else say it, who lives longer than this process. */
export function onNotice(hear: Listener): void {
  listener = hear;
}

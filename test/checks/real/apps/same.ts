import type { Place } from './real-app.ts';

/** What is another in each run: times, ids, ports, folders. */
export function toSame(text: string, { folder, url }: Place): string {
  const port = new URL(url).port;
  return text
    .replaceAll(folder, '<folder>')
    .replaceAll(port, '<port>')
    .replaceAll(/\d{1,2}:\d\d:\d\d [AP]M/g, '<time>')
    .replaceAll(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<date>')
    .replaceAll(/(connect\.sid|adminjs)=[^;]*/g, '$1=<id>')
    .replaceAll(/^(etag|content-length|x-ratelimit-reset): .*/gm, '$1: <of the text>');
}

/** The lines that the app has printed, without those of holdover, and without frames of Node's own. */
export function toLines(printed: string, noise: RegExp | undefined): string[] {
  return printed
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.includes('[holdover]') && !noise?.test(line))
    .filter((line) => !/^\s+at .*\bnode:/.test(line));
}

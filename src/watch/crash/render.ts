import type { Crash, Excerpt, ShownError } from '../../asking/crash.ts';
import { toCaret } from './excerpt.ts';
import {
  CONTENT_SECURITY_POLICY,
  NOT_RUNNING,
  toHtml,
  toPlace,
  type Shown,
} from './render-html.ts';

/** A body and the headers that describe it. */
interface Page {
  headers: Record<string, string>;
  body: Buffer;
}

/** A crash in the form that a client asks for. */
export function toPage(shown: Shown, accept: string | undefined): Page {
  const form = negotiate(accept);
  if (form === 'html') {
    const policy = { 'Content-Security-Policy': CONTENT_SECURITY_POLICY };
    return toBytes('text/html', toHtml(shown), policy);
  }
  return form === 'json'
    ? toBytes('application/json', `${JSON.stringify(toJson(shown.crash), undefined, 2)}\n`)
    : toBytes('text/plain', toText(shown.crash));
}

/** The facts of a crash as an object: `{ message }` for those who may not see more. */
export function toJson(crash: Crash | undefined): object {
  if (!crash) return { message: NOT_RUNNING };
  const { title, hint, error, causes, excerpt, changed, keepsSessions } = crash;
  const sessions = keepsSessions ? 'safe' : undefined;
  return { message: title, hint, error, causes, excerpt, changed, sessions };
}

/** The facts of a crash for a terminal. */
export function toText(crash: Crash | undefined): string {
  if (!crash) return `${NOT_RUNNING}\n`;
  const { title, hint, error, causes, excerpt, changed, keepsSessions } = crash;
  const parts = [
    hint ? `${title}. ${hint}` : title,
    error && toLine(error),
    excerpt && toExcerptLines(excerpt),
    error && toFrameLines(error),
    ...causes.map((cause) => `Cause: ${toLine(cause)}\n${toFrameLines(cause)}`.trimEnd()),
    changed.length > 0 && `Changed: ${changed.slice(0, 10).join(', ')}`,
    `${keepsSessions ? 'Sessions are safe; waiting' : 'Waiting'} for a change, or Enter in the terminal.`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function toLine({ name, message, code }: ShownError): string {
  return `${name}${code ? ` [${code}]` : ''}${message && `: ${message}`}`;
}

function toFrameLines({ frames }: ShownError): string {
  return frames
    .map((frame) => `    at ${frame.function ? `${frame.function} ` : ''}${toPlace(frame)}`)
    .join('\n');
}

function toExcerptLines({ path, line, column, lines }: Excerpt): string {
  const width = String(lines.at(-1)?.number).length;
  const rows = lines.flatMap(({ number, text, isMarked }) => {
    const row = `${isMarked ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd();
    return isMarked && column ? [row, `  ${' '.repeat(width)} | ${toCaret(text, column)}`] : [row];
  });
  return [`${path}:${line}`, ...rows].join('\n');
}

/**
 * The form that a client asks for by its Accept header: a page for a browser that navigates, JSON for a
 * client that names it, text for all others.
 */
export function negotiate(accept: string | undefined): 'html' | 'json' | 'text' {
  const ranges = (accept ?? '').slice(0, 1000).split(',').map(toRange);
  const weigh = (isWanted: (type: string) => boolean): number =>
    Math.max(0, ...ranges.filter(({ type }) => isWanted(type)).map(({ weight }) => weight));
  const html = weigh((type) => type === 'text/html' || type === 'application/xhtml+xml');
  const json = weigh((type) => type === 'application/json' || type.endsWith('+json'));
  const text = weigh((type) => type === 'text/plain');
  if (html > 0 && html >= json && html >= text) return 'html';
  return json > 0 && json >= text ? 'json' : 'text';
}

function toRange(range: string): { type: string; weight: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
}

function toBytes(type: string, text: string, more: Record<string, string> = {}): Page {
  const body = Buffer.from(text);
  return {
    headers: {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Length': String(body.length),
      ...more,
    },
    body,
  };
}

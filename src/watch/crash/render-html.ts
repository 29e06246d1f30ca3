import { createHash } from 'node:crypto';
import type { Crash, Excerpt, Frame, ShownError } from '../../asking/crash.ts';
import type { ToEditorUrl } from './editors.ts';
import { toCaret } from './excerpt.ts';
import { isOfApp, type AppFrame } from './frames.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** What a page shows, and to which request. */
export interface Shown {
  /** `undefined` for those who may not see it: they hear that the app does not run, and nothing else. */
  crash: Crash | undefined;
  /** Names the state of the app; the page waits until there is another. Letters, digits and `-`. */
  id: string;
  /** The method of the request. */
  method: string;
  editor: ToEditorUrl;
}

/** The only style and the only script that the page may have, and nothing from anywhere. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src '${toHash(STYLE)}'`,
  `script-src '${toHash(SCRIPT)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The sentence for those who may not see more. */
export const NOT_RUNNING = 'The app is not running at the moment.';

/** One HTML document that needs nothing else. Everything in it is escaped. */
export function toHtml({ crash, id, method, editor }: Shown): string {
  const name = crash?.error ? toHeading(crash.error) : (crash?.title ?? NOT_RUNNING);
  const isGet = method === 'GET' || method === 'HEAD';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(name.split('\n', 1)[0]?.slice(0, 200) ?? '')}</title>
<style>${STYLE}</style>
</head>
<body data-crash="${escape(id)}" data-method="${isGet ? 'GET' : 'other'}">
<main>
${crash ? toBody(crash, editor) : toLead(`<h1>${NOT_RUNNING}</h1>`, RELOADS)}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

const RELOADS = 'This page reloads by itself when it is back.';
const NEXT = 'The next save starts the app, and this page reloads by itself when it is back.';
/** The script shows it. In a frame it stays hidden: the page around it could lead a click to it. */
const TRY_AGAIN = '\n<button id="again" type="button" hidden>Try again</button>';

function toBody(
  { title, hint, error, causes, excerpt, changed, keepsSessions }: Crash,
  editor: ToEditorUrl,
): string {
  const [first = '', ...rest] = (error?.message ?? '').split('\n');
  const more = rest.join('\n').trimEnd();
  const lead = error
    ? `<p class="title">${escape(title)}</p>
<h1>${escape(toHeading({ ...error, message: first }))}${toCode(error)}</h1>${more && `\n<p class="more">${escape(more)}</p>`}`
    : `<h1>${escape(title)}</h1>${hint ? `\n<p class="hint">${escape(hint)}</p>` : ''}`;
  const sections = [
    toLead(lead, keepsSessions ? `Sessions are safe. ${NEXT}` : NEXT, TRY_AGAIN),
    excerpt && toFigure(excerpt, editor),
    error && error.frames.length > 0 && `<h2>Stack</h2>\n${toList(error.frames, editor)}`,
    causes.length > 0 &&
      `<h2>Cause</h2>\n${causes.map((cause) => toCause(cause, editor)).join('\n')}`,
    changed.length > 0 && `<h2>Changed</h2>\n${toChanged(changed)}`,
  ];
  return sections.filter(Boolean).join('\n');
}

function toLead(inside: string, safe: string, button = ''): string {
  return `<header>\n<div role="alert">\n${inside}\n</div>\n<p class="safe" role="status"><span id="safe">${safe}</span></p>${button}\n</header>`;
}

function toHeading({ name, message }: ShownError): string {
  return message === '' ? name : `${name}: ${message}`;
}

function toCode({ code }: ShownError): string {
  return code ? ` <span class="code">${escape(code)}</span>` : '';
}

function toFigure(excerpt: Excerpt, editor: ToEditorUrl): string {
  const { path, line, column, lines } = excerpt;
  const rows = lines.map(({ number, text, isMarked }) => {
    const row = `<span class="row${isMarked ? ' is-marked' : ''}"><span class="number">${number}</span>${escape(text)}\n</span>`;
    if (!isMarked || !column) return row;
    return `${row}<span class="row caret" aria-hidden="true"><span class="number"></span>${toCaret(text, column)}\n</span>`;
  });
  const place = `${path}:${line}${column ? `:${column}` : ''}`;
  return `<figure>
<figcaption>${toLink(excerpt, place, editor)}</figcaption>
<pre tabindex="0" aria-label="Source around line ${line}"><code>${rows.join('')}</code></pre>
</figure>`;
}

function toList(frames: Frame[], editor: ToEditorUrl): string {
  return `<ol class="frames">\n${frames.map((frame) => toItem(frame, editor)).join('\n')}\n</ol>`;
}

function toItem(frame: Frame, editor: ToEditorUrl): string {
  const name = frame.function ? `${escape(frame.function)} ` : '';
  const place = toPlace(frame);
  return isOfApp(frame)
    ? `<li>${name}${toLink(frame, place, editor)}</li>`
    : `<li class="is-foreign">${name}${escape(place)}</li>`;
}

/** `src/server.ts:3:7` */
export function toPlace({ path, line, column }: Frame): string {
  return [path, line, column].filter((part) => part !== undefined).join(':');
}

function toLink(position: AppFrame | Excerpt, text: string, editor: ToEditorUrl): string {
  return `<a href="${escape(editor(position))}">${escape(text)}</a>`;
}

function toCause(cause: ShownError, editor: ToEditorUrl): string {
  return `<div class="cause"><p>${escape(toHeading(cause))}${toCode(cause)}</p>\n${toList(cause.frames, editor)}</div>`;
}

function toChanged(changed: string[]): string {
  const shown = changed.slice(0, 10).map((path) => `<li>${escape(path)}</li>`);
  const more = changed.length > 10 ? [`<li>and ${changed.length - 10} more</li>`] : [];
  return `<ul class="frames">${[...shown, ...more].join('')}</ul>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function toHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { Crash, Excerpt, Frame, Position, ShownError } from '../../asking/crash.ts';
import { isOfApp } from './describe.ts';

/** Where the button of the page asks. An app that is back meanwhile has no such path. */
export const TRY_AGAIN_PATH = '/__holdover/try-again';

/** Names the crash that the page shows. A page of another origin can neither read nor send it. */
export const TRY_AGAIN_HEADER = 'x-holdover-try-again';

/** The sentence for those who may not see more. */
export const NOT_RUNNING = 'The app is not running at the moment.';

/** How the page looks: in the colours of the system, on any width. All contrasts are 4.5 and more. */
const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #faf9f7; --sheet: #ffffff; --ink: #1d1b19; --dim: #625d57; --line: #e2ded8;
  --bad: #b3261e; --mark: #fdecea; --link: #0b57c2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #171614; --sheet: #201e1c; --ink: #efece8; --dim: #a8a29a; --line: #3a3733;
    --bad: #ff9288; --mark: #43211f; --link: #8ab8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif;
}
main { max-width: 62rem; margin: 0 auto; padding: clamp(1.25rem, 5vw, 4rem) clamp(1rem, 4vw, 2.5rem); }
h1, h2, p, figure, ol, ul, pre { margin: 0; padding: 0; }
.title { color: var(--bad); font-weight: 600; }
h1 { margin-top: .25rem; font-size: clamp(1.25rem, 3.5vw, 1.75rem); line-height: 1.3; font-weight: 650; }
h1, .more, .cause p { overflow-wrap: anywhere; white-space: pre-wrap; }
h2 { margin: 2rem 0 .5rem; font-size: .875rem; font-weight: 600; color: var(--dim); }
.more, .hint { margin-top: .75rem; }
.code { color: var(--dim); font-weight: 400; }
.safe {
  margin-top: 1rem; display: flex; gap: .6rem; align-items: baseline; color: var(--dim);
}
.safe::before {
  content: ''; flex: none; width: .5rem; height: .5rem; border-radius: 50%; background: currentColor;
  animation: breathe 2.4s ease-in-out infinite;
}
@keyframes breathe { 50% { opacity: .25; } }
@media (prefers-reduced-motion: reduce) { .safe::before { animation: none; } }
button {
  margin-top: 1rem; padding: .5rem 1rem; min-height: 2.75rem; border: 1px solid var(--dim); border-radius: .5rem;
  background: var(--sheet); color: var(--ink); font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { border-color: var(--ink); }
button:disabled { border-color: var(--line); color: var(--dim); cursor: default; }
[hidden] { display: none; }
figure { margin-top: 2rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
figcaption { padding: .6rem 1rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
pre, code, figcaption, .frames { font: .8125rem/1.7 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
pre { padding: .6rem 0; overflow-x: auto; tab-size: 4; }
pre code { display: block; width: max-content; min-width: 100%; }
pre .row { display: block; padding: 0 1rem; }
pre .number { display: inline-block; min-width: 2.5em; padding-right: 1.25em; text-align: right; color: var(--dim); user-select: none; }
pre .is-marked { background: var(--mark); }
pre .is-marked .number, pre .caret { color: var(--bad); font-weight: 700; }
.frames { list-style: none; }
.frames li { padding: .15rem 0; overflow-wrap: anywhere; }
.frames .is-foreign { color: var(--dim); }
.cause { margin-top: .5rem; padding-left: 1rem; border-left: 2px solid var(--line); }
.cause + .cause { margin-top: 1.25rem; }
a { color: var(--link); text-underline-offset: .2em; }
a:focus-visible, pre:focus-visible, button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
`;

/**
 * What the page does: it asks three times a second whether the crash is still the same, and loads anew when it
 * is not. It loads anew for nothing else, so it cannot go round in circles. A page that answered a form is left to
 * its person: to load it is to send the form again. Its button starts the app, but not in a frame.
 */
const SCRIPT = `
(async () => {
  const { crash, method } = document.body.dataset;
  const [again, safe] = ['again', 'safe'].map((id) => document.getElementById(id));
  const words = safe.textContent;
  const tryAgain = async () => {
    again.disabled = true;
    safe.textContent = 'The app is starting.';
    const headers = { '${TRY_AGAIN_HEADER}': crash };
    const answer = await fetch('${TRY_AGAIN_PATH}', { method: 'POST', headers }).catch(() => undefined);
    if (answer?.status === 202) return;
    again.disabled = false;
    safe.textContent = words + ' It was not started: press Enter in the terminal of holdover.';
  };
  if (again && window.top === window) {
    again.hidden = false;
    again.onclick = tryAgain;
  }
  const here = location.origin + location.pathname + location.search;
  const isSame = async () => {
    try {
      const answer = await fetch(here, { method: 'HEAD', cache: 'no-store', redirect: 'manual' });
      const now = answer.headers.get('x-holdover-crash');
      return now ? now === crash : [502, 503, 504].includes(answer.status);
    } catch {
      return true;
    }
  };
  do await new Promise((done) => setTimeout(done, 300));
  while (await isSame());
  if (method === 'GET') location.reload();
  else safe.textContent =
    'The app may be back. Reload this page to send the form again; the browser will ask.';
})();
`;

/** The only style and the only script that the page may have, and nothing from anywhere. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src '${toHash(STYLE)}'`,
  `script-src '${toHash(SCRIPT)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What a page shows, and to which request. */
export interface Shown {
  /** `undefined` for those who may not see it: they hear that the app does not run, and nothing else. */
  crash: Crash | undefined;
  /** Names the state of the app; the page waits until there is another. Letters, digits and `-`. */
  id: string;
  /** The method of the request. */
  method: string;
  /** The scheme of the addresses that open a place in the editor: `vscode`. */
  editor: string;
}

/** The facts of a crash as JSON: `{ message }` for those who may not see more. */
export function toJson(crash: Crash | undefined): string {
  if (!crash) return `${JSON.stringify({ message: NOT_RUNNING })}\n`;
  const { title: message, keepsSessions, ...facts } = crash;
  const sessions = keepsSessions ? 'safe' : undefined;
  return `${JSON.stringify({ message, ...facts, sessions }, undefined, 2)}\n`;
}

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
${crash ? toBody(crash, editor) : toLead(`<h1>${NOT_RUNNING}</h1>`, 'This page reloads by itself when it is back.')}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function toBody(
  { title, hint, error, causes, excerpt, changed, keepsSessions }: Crash,
  editor: string,
): string {
  const next = 'The next save starts the app, and this page reloads by itself when it is back.';
  // The script shows it. In a frame it stays hidden: the page around it could lead a click to it.
  const button = '\n<button id="again" type="button" hidden>Try again</button>';
  const [first = '', ...rest] = (error?.message ?? '').split('\n');
  const more = rest.join('\n').trimEnd();
  const lead = error
    ? `<p class="title">${escape(title)}</p>
<h1>${escape(toHeading({ ...error, message: first }))}${toCode(error)}</h1>${more && `\n<p class="more">${escape(more)}</p>`}`
    : `<h1>${escape(title)}</h1>${hint ? `\n<p class="hint">${escape(hint)}</p>` : ''}`;
  const files = changed.slice(0, 10).map((path) => `<li>${escape(path)}</li>`);
  if (changed.length > files.length)
    files.push(`<li>and ${changed.length - files.length} more</li>`);
  const sections = [
    toLead(lead, keepsSessions ? `Sessions are safe. ${next}` : next, button),
    excerpt && toFigure(excerpt, editor),
    error && error.frames.length > 0 && `<h2>Stack</h2>\n${toList(error.frames, editor)}`,
    causes.length > 0 &&
      `<h2>Cause</h2>\n${causes.map((cause) => toCause(cause, editor)).join('\n')}`,
    files.length > 0 && `<h2>Changed</h2>\n<ul class="frames">${files.join('')}</ul>`,
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

function toFigure(excerpt: Excerpt, editor: string): string {
  const { line, column, lines } = excerpt;
  const rows = lines.map(({ number, text, isMarked }) => {
    const row = `<span class="row${isMarked ? ' is-marked' : ''}"><span class="number">${number}</span>${escape(text)}\n</span>`;
    if (!isMarked || !column) return row;
    const caret = `${text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')}^`; // behind the same tabs
    return `${row}<span class="row caret" aria-hidden="true"><span class="number"></span>${caret}\n</span>`;
  });
  return `<figure>
<figcaption>${toLink(excerpt, toPlace(excerpt), editor)}</figcaption>
<pre tabindex="0" aria-label="Source around line ${line}"><code>${rows.join('')}</code></pre>
</figure>`;
}

function toList(frames: Frame[], editor: string): string {
  const items = frames.map((frame) => {
    const name = frame.function ? `${escape(frame.function)} ` : '';
    return isOfApp(frame)
      ? `<li>${name}${toLink(frame, toPlace(frame), editor)}</li>`
      : `<li class="is-foreign">${name}${escape(toPlace(frame))}</li>`;
  });
  return `<ol class="frames">\n${items.join('\n')}\n</ol>`;
}

function toCause(cause: ShownError, editor: string): string {
  return `<div class="cause"><p>${escape(toHeading(cause))}${toCode(cause)}</p>\n${toList(cause.frames, editor)}</div>`;
}

/** `src/server.ts:3:7` */
function toPlace({ path, line, column }: Frame | Excerpt): string {
  return [path, line, column].filter((part) => part !== undefined).join(':');
}

/** `vscode://file/home/me/app/server.ts:3:7`; the editors of JetBrains take a query. */
function toLink({ file, line, column = 1 }: Position, text: string, editor: string): string {
  const address =
    editor === 'idea'
      ? `idea://open?file=${encodeURIComponent(file)}&line=${line}&column=${column}`
      : `${editor}://file${pathToFileURL(file).pathname}:${line}:${column}`;
  return `<a href="${escape(address)}">${escape(text)}</a>`;
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

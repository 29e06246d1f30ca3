/** How the page looks: in the colours of the system, on any width. All contrasts are 4.5 and more. */
export const STYLE = `
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

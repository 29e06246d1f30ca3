import type { Scheme } from './run.ts';
import { COLUMNS } from './run.ts';
import { STEPS, type Scene } from './scenes.ts';
import { escape, toHtml } from './terminal.ts';

/** In pixels of CSS. GitHub shows it about 830 wide. */
export const SIZE = { width: 900, height: 512 };

/** The picture of a scene: an editor and a terminal on the left, a browser on the right. */
export function toStage(scene: Scene, scheme: Scheme): string {
  return `<!doctype html>
<meta charset="utf-8">
<style>${STYLE}</style>
<body class="${scheme}">
  <header>
    <p>${escape(scene.caption)}</p>
    <ol>${STEPS.map((step) => `<li class="${step === scene.step ? 'now' : ''}">${step}</li>`).join('')}</ol>
  </header>
  <div class="left">${toEditorPane(scene.editor)}${toTerminalPane(scene.terminal)}</div>
  ${toBrowserPane(scene.browser, scheme)}
</body>`;
}

function toEditorPane(editor: Scene['editor']): string {
  const rows = editor.lines.map((text, index) => {
    const isEdited = index === editor.edited.line;
    const row = isEdited ? toEditedRow(text, editor) : escape(text);
    return `<div class="${isEdited ? 'edited' : ''}"><b>${editor.from + index}</b>${row}</div>`;
  });
  return `<section class="editor">
    <h2>${escape(editor.file)}<em>${editor.isSaved ? '' : '●'}</em></h2>
    <pre>${rows.join('')}</pre>
  </section>`;
}

function toEditedRow(text: string, { edited: { from, to }, hasCaret }: Scene['editor']): string {
  const caret = hasCaret ? '<i></i>' : '';
  const typed = `<mark>${escape(text.slice(from, to))}</mark>`;
  return escape(text.slice(0, from)) + typed + caret + escape(text.slice(to));
}

/** Lines are broken between words. */
function toTerminalPane(text: string): string {
  return `<section class="terminal"><h2>Terminal</h2><pre>${toHtml(text)}<u></u></pre></section>`;
}

function toBrowserPane(
  { address, shot, isReloading, notes }: Scene['browser'],
  scheme: Scheme,
): string {
  const said = notes.map(({ text, spot, isMain }) => {
    const place = `left: ${spot.left + 8}px; top: ${spot.top}px`;
    return `<mark class="${isMain ? 'main' : ''}" style="${place}">${escape(text)}</mark>`;
  });
  const png = `data:image/png;base64,${shot[scheme].toString('base64')}`;
  return `<section class="browser">
    <h2><svg class="${isReloading ? 'now' : ''}" viewBox="0 0 16 16"><path d="M13 8a5 5 0 1 1-1.5-3.5M13 1.8v3.4H9.6"/></svg><span>${escape(address)}</span></h2>
    <div><img src="${png}">${said.join('')}</div>
  </section>`;
}

const STYLE = `
* { box-sizing: border-box; margin: 0; padding: 0; }
.light { --page: #ffffff; --ink: #1f2328; --muted: #59636e; --line: #d1d9e0; --bar: #f6f8fa; --pane: #ffffff; --edited: #fff8dc; --accent: #95263b; --on-accent: #ffffff; --note: #eadfce; --on-note: #4a3b33; --main: #1a7f4b; --on-main: #ffffff; }
.dark { --page: #0d1117; --ink: #e6edf3; --muted: #9198a1; --line: #3d444d; --bar: #212830; --pane: #151b23; --edited: #2d2a1d; --accent: #f0a0a6; --on-accent: #2b1215; --note: #4a3d35; --on-note: #f4ebdf; --main: #57d391; --on-main: #06281a; }
body { display: grid; grid-template: 46px 1fr / 430px 422px; gap: 0 16px; width: ${SIZE.width}px; height: ${SIZE.height}px; padding: 0 16px 16px; background: var(--page); color: var(--ink); font: 16px/1.4 'Liberation Sans', Arial, sans-serif; }
header { grid-column: 1 / -1; display: flex; align-items: center; justify-content: space-between; }
header p { font-size: 18px; font-weight: bold; }
ol { display: flex; gap: 6px; list-style: none; font-size: 14px; color: var(--muted); }
li { padding: 2px 11px; border: 1px solid var(--line); border-radius: 20px; }
li.now { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: bold; }
.left { display: grid; grid-template-rows: auto 1fr; gap: 16px; min-height: 0; }
section { overflow: hidden; border: 1px solid var(--line); border-radius: 8px; background: var(--pane); }
h2 { display: flex; align-items: center; gap: 10px; height: 34px; padding: 0 14px; border-bottom: 1px solid var(--line); background: var(--bar); color: var(--muted); font: 13px 'DejaVu Sans Mono', monospace; }
pre { font: 13px/21px 'DejaVu Sans Mono', monospace; }
.editor pre { padding: 7px 0; }
.editor pre div { height: 21px; padding-left: 14px; white-space: pre; overflow: hidden; }
.editor b { display: inline-block; width: 32px; font-weight: normal; color: var(--muted); }
.editor .edited { background: var(--edited); }
.editor i { display: inline-block; width: 2px; height: 17px; margin: 0 -1px; background: var(--accent); vertical-align: -4px; }
.editor mark { background: none; color: var(--accent); font-weight: bold; }
.editor em { color: var(--accent); font-style: normal; font-size: 16px; }
.terminal { border-color: #14181f; background: #1a1f29; }
.terminal h2 { border-color: #2b3240; background: #252c39; color: #9aa5b5; }
.terminal pre { width: calc(${COLUMNS}ch + 29px); padding: 9px 14px; color: #e6e9ee; white-space: pre-wrap; overflow-wrap: anywhere; }
.terminal u { display: inline-block; width: 1ch; height: 17px; background: #9aa5b5; vertical-align: -4px; }
.dim { color: #8a95a5; } .bold { font-weight: bold; } .cyan { color: #5fd0df; } .green { color: #86dd96; } .yellow { color: #e8c56a; } .red { color: #ff8f8f; }
.browser h2 span { flex: 1; padding: 3px 12px; border-radius: 12px; background: var(--page); color: var(--ink); font: 13px 'Liberation Sans', Arial, sans-serif; }
.browser svg { width: 24px; height: 24px; padding: 4px; margin-left: -6px; border-radius: 12px; fill: none; stroke: var(--muted); stroke-width: 1.6; }
.browser svg.now { background: var(--accent); stroke: var(--on-accent); }
.browser div { position: relative; }
.browser img { display: block; width: 420px; }
.browser mark { position: absolute; translate: 0 -50%; padding: 1px 8px; border-radius: 10px; background: var(--note); color: var(--on-note); font-size: 12px; font-weight: bold; }
.browser mark.main { background: var(--main); color: var(--on-main); }
`;

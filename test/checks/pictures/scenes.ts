import { EDIT_AFTER, FILE, INSERTED, type Run, type Shot, type Spot } from './run.ts';

/** What is seen at one moment. */
export interface Scene {
  step: (typeof STEPS)[number];
  caption: string;
  editor: {
    file: string;
    isSaved: boolean;
    /** The number of the first line that is shown. */
    from: number;
    lines: string[];
    /** Which of them is edited, and in it the columns of what was typed. */
    edited: { line: number; from: number; to: number };
    hasCaret: boolean;
  };
  terminal: string;
  browser: {
    address: string;
    shot: Shot;
    isReloading: boolean;
    /** What is said beside parts of the page. */
    notes: { text: string; spot: Spot; isMain: boolean }[];
  };
  /** How long it stands, in milliseconds. */
  delay: number;
}

export const STEPS = ['Log in', 'Save', 'Restart', 'Reload'] as const;

/** Browsers take less for nothing said, and let the frame stand for 100 ms. */
const LEAST = 20;

/** How many lines of the file are shown around the one that is edited. */
const AROUND = 2;

/**
 * The scenes of a loop. It begins with the end: where a reader or a system stops moving pictures, the first
 * one is what is seen.
 */
export function toScenes(run: Run): Scene[] {
  const page = { shot: run.before, address: run.address.dashboard, isReloading: false, notes: [] };
  const logIn: Omit<Scene, 'delay'> = {
    step: 'Log in',
    caption: 'Log in. No line of this app knows about holdover.',
    editor: toEditor(run.source),
    terminal: run.started,
    browser: page,
  };
  const form = { ...page, shot: run.login, address: run.address.login };
  const edit: typeof logIn = { ...logIn, step: 'Save', caption: 'Edit a file …' };
  const saved: typeof logIn = {
    ...edit,
    caption: '… and save it.',
    editor: { ...toEditor(run.source, INSERTED.length), isSaved: true },
  };
  const restarts = toRestarts(saved, run);
  const reload: typeof logIn = {
    ...(restarts.at(-1) as Scene),
    step: 'Reload',
    caption: 'Reload: new code, new process, and Ada is still logged in.',
    browser: { ...page, shot: run.after, notes: toNotes(run) },
  };
  return [
    { ...reload, delay: 3400 },
    { ...logIn, browser: form, delay: 1500 },
    { ...logIn, delay: 1400 },
    ...toTyping(edit, run.source),
    ...restarts,
    { ...reload, browser: { ...page, isReloading: true }, delay: 500 },
  ];
}

function toNotes({ spots }: Run): Scene['browser']['notes'] {
  return [
    { text: 'new code', spot: spots.heading, isMain: false },
    { text: 'same login', spot: spots.login, isMain: true },
    { text: 'new process', spot: spots.process, isMain: false },
  ];
}

/** One scene for each keystroke. */
function toTyping(edit: Omit<Scene, 'delay'>, source: string): Scene[] {
  return Array.from({ length: INSERTED.length + 1 }, (_, typed) => {
    const editor = { ...toEditor(source, typed), hasCaret: true };
    if (typed === 0) return { ...edit, editor, delay: 700 };
    return { ...edit, editor, delay: typed === INSERTED.length ? 600 : 110 };
  });
}

/** From the save on, at the pace of the run. */
function toRestarts(saved: Omit<Scene, 'delay'>, run: Run): Scene[] {
  const scenes: Scene[] = [];
  let scene = saved;
  let shownAt = 0;
  for (const { after, text } of run.restarted) {
    scenes.push({ ...scene, delay: Math.max(LEAST, after - shownAt) });
    shownAt = after;
    scene = {
      ...saved,
      step: 'Restart',
      caption: 'The server restarts, and the session is held over.',
      terminal: scene.terminal + text,
    };
  }
  return [...scenes, { ...scene, delay: 2000 }];
}

/** The part of the file around what is edited, when so many characters have been typed. */
function toEditor(source: string, typed = 0): Scene['editor'] {
  const at = source.indexOf(EDIT_AFTER) + EDIT_AFTER.length;
  const text = source.slice(0, at) + INSERTED.slice(0, typed) + source.slice(at);
  const edited = source.slice(0, at).split('\n').length - 1;
  const lines = text.split('\n').slice(edited - AROUND, edited + AROUND + 1);
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  const from = at - source.lastIndexOf('\n', at) - 1 - indent;
  return {
    file: FILE,
    isSaved: typed === 0,
    from: edited - AROUND + 1,
    lines: lines.map((line) => line.slice(indent)),
    edited: { line: AROUND, from, to: from + typed },
    hasCaret: false,
  };
}

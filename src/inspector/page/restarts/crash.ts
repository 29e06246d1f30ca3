import type { Crash, Frame, ShownError } from '../../answers.ts';
import { create, createUnseen, type Child } from '../parts/element.ts';

/** A crash as text: what is in it comes from the app, and nothing of it is HTML. */
export function createCrash({ hint, error, causes, excerpt, changed }: Crash): HTMLElement[] {
  return [
    error && create('div', { class: 'message' }, createMessage(error)),
    hint && create('p', {}, hint),
    excerpt && createExcerpt(excerpt),
    error && createStack(error.frames, 'Stack'),
    ...causes.map((cause) =>
      create(
        'section',
        { class: 'cause' },
        create('h3', {}, 'Cause'),
        create('div', { class: 'message' }, createMessage(cause)),
        createStack(cause.frames),
      ),
    ),
    changed.length > 0 && create('h3', {}, 'Changed before it'),
    changed.length > 0 &&
      create(
        'ul',
        { class: 'files' },
        changed.map((path) => create('li', {}, path)),
      ),
  ].filter((part) => part instanceof HTMLElement);
}

function createMessage({ name, message, code }: ShownError): Child[] {
  return [
    create('strong', {}, name),
    message !== '' && `: ${message}`,
    code && create('span', { class: 'dim' }, ` ${code}`),
  ];
}

function createExcerpt({ path, line, column, lines }: NonNullable<Crash['excerpt']>): HTMLElement {
  const rows = lines.map(({ number, text, isMarked }) =>
    create(
      'span',
      { class: isMarked ? 'row is-marked' : 'row' },
      create('span', { class: 'mark', 'aria-hidden': 'true' }, isMarked ? '▸' : ''),
      create('span', { class: 'number' }, number),
      isMarked && createUnseen('here: '),
      `${text}\n`,
    ),
  );
  return create(
    'figure',
    {},
    create('figcaption', {}, toPlace({ path, line, column })),
    create(
      'pre',
      { tabindex: 0, 'aria-label': `Source around line ${line}` },
      create('code', {}, rows),
    ),
  );
}

/** What is of Node and of packages is folded: the app's own lines are few. */
function createStack(frames: Frame[], title?: string): HTMLElement | undefined {
  if (frames.length === 0) return undefined;
  const own = frames.filter(({ isOfNode, isOfPackage }) => !isOfNode && !isOfPackage);
  const shown = own.length === 0 ? frames : own;
  const rest = frames.length - shown.length;
  return create(
    'div',
    {},
    title !== undefined && create('h3', {}, title),
    create('ol', { class: 'frames' }, shown.map(createFrame)),
    rest > 0 &&
      create(
        'details',
        { class: 'all-frames' },
        create('summary', {}, `All ${frames.length} frames, with those of Node and packages`),
        create('ol', { class: 'frames' }, frames.map(createFrame)),
      ),
  );
}

function createFrame(frame: Frame): HTMLElement {
  const isForeign = frame.isOfNode || frame.isOfPackage;
  const name = frame.function && `${frame.function} `;
  const place = create('span', { class: 'path' }, toPlace(frame));
  return create('li', { class: isForeign ? 'dim' : '' }, name, place);
}

/** `src/server.ts:3:7` */
function toPlace({
  path,
  line,
  column,
}: {
  path: string;
  line?: number | undefined;
  column?: number | undefined;
}): string {
  return [path, line, column].filter((part) => part !== undefined && part !== null).join(':');
}

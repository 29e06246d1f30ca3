/**
 * Draws the rooms of src/ and who imports whom into CONTRIBUTING.md, from the imports themselves:
 * `npm run draw:house`. A test fails while the drawing is another one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAYERS, layerOf, readSources, type Source } from './sources.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'CONTRIBUTING.md');

/** What is in each room, in a few words; the entries are rooms of their own, or one together. */
const WORDS: Record<string, string> = {
  'cli.ts': 'the command',
  'vite.ts': 'the plugin',
  'register.ts': 'for any restarter',
  'the other entries': 'what an app imports',
  commands: 'one file for each',
  watch: 'holdover watch',
  vite: 'inside Vite',
  inspector: 'the page and its API',
  adopt: 'memory stores, made durable',
  state: 'memory that is kept',
  mcp: 'sessions of MCP',
  loader: "Node's module loader",
  ends: 'the process ends',
  loopback: 'who asks over HTTP',
  care: 'facts to show',
  options: 'one table',
  history: 'why somebody was logged out',
  storage: 'directory, Redis, Keyv',
  session: 'record, seal, lifetime',
};

/** Whether a room loads another one when it is needed only, by the room that is loaded. */
type Loaded = Map<string, boolean>;

/** The room of a file: its folder in src/, or its entry. */
function roomOf(path: string): string {
  if (path.includes('/')) return path.slice(0, path.indexOf('/'));
  if (path === 'options.ts') return 'options';
  return path in WORDS ? path : 'the other entries';
}

/** Who imports whom among the rooms. */
function readHouse(sources: Source[]): Map<string, Loaded> {
  const house = new Map(sources.map(({ path }): [string, Loaded] => [roomOf(path), new Map()]));
  // What is loaded at once, what is loaded later, and what is there for its types only.
  const kinds: [pick: (source: Source) => string[], isLater: boolean][] = [
    [({ loads }) => loads, false],
    [({ names }) => names, true],
    [({ imports }) => imports, false],
  ];
  for (const [pick, isLater] of kinds) {
    for (const source of sources) {
      const loaded = house.get(roomOf(source.path));
      for (const name of pick(source)) {
        const isBelow = name.endsWith('.ts') && layerOf(name) <= layerOf(source.path);
        if (!isBelow) continue; // what is above is an address for another process
        const other = roomOf(name);
        if (other !== roomOf(source.path) && !loaded?.has(other)) loaded?.set(other, isLater);
      }
    }
  }
  return house;
}

/**
 * Whether one room leads to another by way of others.
 *
 * @param mayBeLater whether what is loaded when it is needed only may be among them
 * @throws Error when rooms lead back to themselves
 */
function leadsTo(
  house: Map<string, Loaded>,
  [from, target]: [string, string],
  mayBeLater: boolean,
): boolean {
  const nextOf = (room: string): string[] =>
    [...(house.get(room) ?? [])].flatMap(([next, isLater]) =>
      isLater && !mayBeLater ? [] : [next],
    );
  const visit = (room: string, way: string[]): boolean => {
    if (way.includes(room)) throw new Error(`These rooms are a circle: ${way.join(', ')}.`);
    return nextOf(room).some((one) => one === target || visit(one, [...way, room]));
  };
  return nextOf(from).some((one) => one !== target && visit(one, [from]));
}

/**
 * The drawing, in the language of Mermaid: a line for what a room imports, a dotted one for what it loads
 * when that is needed only. A line that others say already is left out.
 */
export function drawHouse(sources = readSources()): string {
  const house = readHouse(sources);
  const rooms = [...house.keys()].sort(
    (a, b) => Object.keys(WORDS).indexOf(a) - Object.keys(WORDS).indexOf(b),
  );
  const lines = layersOf(rooms).flatMap((layer, i) => {
    const boxes = layer.map(toBox);
    return layer.length === 1 ? boxes : [`subgraph s${i}[" "]`, ...boxes.map(indent), 'end'];
  });
  for (const room of rooms) {
    for (const [other, isLater] of [...(house.get(room) ?? [])].sort()) {
      if (leadsTo(house, [room, other], isLater)) continue;
      lines.push(`${toId(room)} ${isLater ? '-.->' : '-->'} ${toId(other)}`);
    }
  }
  return ['flowchart TD', ...lines.map(indent)].join('\n');
}

/** The rooms by layer, from the top down. */
function layersOf(rooms: string[]): string[][] {
  const layers = Array.from({ length: LAYERS.length + 1 }, (_, i) =>
    rooms.filter((room) => layerOf(room) === LAYERS.length - i),
  );
  return layers.filter(({ length }) => length > 0);
}

function toBox(room: string): string {
  const words = WORDS[room];
  if (words === undefined) {
    throw new Error(`Say in test/support/draw-house.ts, in a few words, what is in src/${room}.`);
  }
  return `${toId(room)}["<b>${room}</b><br/>${words}"]`;
}

function toId(room: string): string {
  return room.replaceAll(/\W/g, '_');
}

function indent(line: string): string {
  return `  ${line}`;
}

/** The drawing that is in CONTRIBUTING.md. */
export function readDrawing(): string | undefined {
  return /^```mermaid\n([^]*?)\n```$/m.exec(readFileSync(PAGE, 'utf8'))?.[1];
}

if (import.meta.filename === process.argv[1]) {
  const drawing = drawHouse();
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(/^```mermaid\n[^]*?\n```$/m, () => `\`\`\`mermaid\n${drawing}\n\`\`\``),
  );
}

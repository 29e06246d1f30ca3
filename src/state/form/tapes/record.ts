import type { Chunk, Container } from './container.ts';
import type { Kept } from './kept.ts';
import { OpenWalk } from './open-walk.ts';
import { HEAVIEST, isPlainPrimitive, PASS, UNREAD } from './tape.ts';
import { Walk } from './walk.ts';
import type { World } from './world.ts';

const hasInMap = Map.prototype.has;
const getOfMap = Map.prototype.get;

/** Records what the value of a binding leads to by fields. */
export function recordRoot(world: World, kept: Kept, value: unknown): void {
  const { root, binding } = kept;
  kept.isUnswept = true;
  world.disown(root);
  root.clear();
  const isConstant = isPlainPrimitive(value) && !binding.set;
  if (isConstant || value === UNREAD) root.tokens.push(PASS, value, 'constant');
  else new OpenWalk(world, root, kept).root(value);
  root.trim();
  world.share(root);
}

/** Records some fields of an object that has many. */
export function recordFields(
  world: World,
  kept: Kept,
  { object, owner, path }: Container,
  { keys, tape }: Chunk,
): void {
  const before = tape.passedOver.length;
  kept.isUnswept = true;
  world.disown(tape);
  tape.clear();
  new OpenWalk(world, tape, kept, path).members(object, keys as string[]);
  tape.trim();
  world.share(tape);
  // Its text says whether something is passed over.
  owner.part.isStale ||= before + tape.passedOver.length > 0;
}

/** Records some entries of a collection. Returns a chunk with those that are too much for this one. */
export function recordEntries(world: World, container: Container, chunk: Chunk): Chunk | undefined {
  const { object, form } = container;
  const { tape } = chunk;
  tape.clear();
  const walk = new Walk(world, tape);
  const isMap = form === 'map';
  // What was there when the pass came by may be gone.
  if (isMap) chunk.keys = chunk.keys.filter((key) => hasInMap.call(object, key));
  let count = 0;
  for (const key of chunk.keys) {
    if (tape.tokens.length > HEAVIEST) break;
    if (isMap) walk.pair(key, getOfMap.call(object, key));
    else if (!isPlainPrimitive(key)) walk.entry([key]);
    count++;
  }
  tape.trim();
  world.share(tape);
  return count < chunk.keys.length ? container.divide(chunk, count) : undefined;
}

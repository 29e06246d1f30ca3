import { findChange, takeWorld } from './world.ts';

/**
 * What a process has that outlives the evaluation of a module: handles and timers, listeners of process
 * and its streams, the world. In a standby it is compared after each package, as the last guard.
 */
export function watchLeftovers(builtins: readonly string[]): () => string | undefined {
  const world = takeWorld(builtins);
  const before = countAll();
  return () => {
    const now = countAll();
    if (now !== before) return `left something behind: ${now}, before it ${before}`;
    const change = findChange(world);
    return change && `changed ${change}`;
  };
}

function countAll(): string {
  const listeners = [process, process.stdout, process.stderr].map((emitter) =>
    emitter.eventNames().map((name) => `${String(name)} ${emitter.listenerCount(name)}`),
  );
  return JSON.stringify([process.getActiveResourcesInfo().toSorted(), listeners]);
}

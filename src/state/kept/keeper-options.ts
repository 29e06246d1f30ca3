import type { Say } from '../../session/display/say-once.ts';
import type { Classes } from '../binding.ts';
import type { OldGraph } from '../rehydrate/old-graph.ts';

export interface KeeperOptions {
  /** The root of the project, absolute. */
  root: string;
  /** What is kept: `server/storage.ts`, `server/db.ts#users`, `routes/todos.ts#todoRoutes/mem`. */
  keep: string[];
  say: Say;
  /** The parts of the last run, by name. */
  previous?: ReadonlyMap<string, string>;
  /** What `facts` was in the last run. */
  facts?: Record<string, unknown>;
  /** Makes a graph of the parts. It is called once, when the first module with something to keep is there. */
  revive?: (classes: Classes) => OldGraph;
  /** Something of the last run was put back. */
  onPutBack?: (key: string) => void;
  /** What tells one text of a module from another. Without it, less can be said of changed initial values. */
  textOf?: (file: string) => string | undefined;
  /** Whether a server has listened by now. */
  hasServer: () => boolean;
  /**
   * Whether it is in touch with others without a server now, who may have been told something.
   * @default true
   */
  isInTouch?: () => boolean;
  /** How long late seeds are waited for where no request comes. @default 3000 milliseconds */
  startup?: number;
}

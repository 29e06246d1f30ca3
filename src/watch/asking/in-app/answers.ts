import { resolveSupervisedRoot } from '../../../options/supervision.ts';
import type { Walk } from '../../../state/walk/walk.ts';
import { send } from '../../in-app/channel.ts';

let walk: Walk | undefined;

/** Looks at the memory of this process, which stands still meanwhile, and tells what it has found. */
export async function look(id: number): Promise<void> {
  try {
    const { Walk: Looking } = await import('../../../state/walk/walk.ts'); // it needs a parser
    walk ??= new Looking(resolveSupervisedRoot());
    void send({ holdover: 'looked', id, look: walk.look() });
  } catch (error) {
    void send({ holdover: 'looked', id, error: `${(error as Error).message}` });
  }
}

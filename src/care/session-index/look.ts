import type { ResolvedOptions } from '../../options.ts';
import { surveySessions } from '../../storage/survey/survey.ts';
import { toLiveSession } from '../sessions.ts';
import { Columns } from './columns.ts';
import { Order } from './order.ts';
import type { RowField } from './row.ts';
import { Turns } from './turns.ts';

/** One look at all sessions of a project, and what it has found. */
export class Look {
  readonly columns = new Columns();
  /** How many records were looked at. */
  scanned = 0;
  isComplete = false;
  /** How long it took, in milliseconds. */
  took = 0;
  readonly #orders = new Map<RowField, Order>();

  /**
   * Looks at all.
   *
   * @param isPatient whether it shall take half of the time of this process at most
   * @param isWanted whether somebody still wants it
   * @throws Error, in one sentence, when the place cannot be read
   */
  async run(
    resolved: ResolvedOptions,
    namespaces: string[] | undefined,
    isPatient: boolean,
    isWanted: () => boolean,
  ): Promise<void> {
    const since = performance.now();
    const turns = new Turns(isPatient);
    for await (const record of surveySessions(resolved, { namespaces })) {
      this.scanned++;
      const facts = toLiveSession(record, resolved);
      if (facts) this.columns.add(facts);
      if (!turns.isOver()) continue;
      await turns.pass();
      if (!isWanted()) return;
    }
    this.took = performance.now() - since;
    this.isComplete = true;
  }

  orderBy(field: RowField): Order {
    const known = this.#orders.get(field) ?? new Order(this.columns, field);
    this.#orders.set(field, known);
    return known;
  }

  /** Rows have changed. */
  forgetOrders(): void {
    this.#orders.clear();
  }
}

import { search } from '../../shared/search.ts';
import { parseOrder, toSorted } from '../../shared/sorting.ts';
import type { SupplierSearch } from './schema.ts';
import type { Supplier } from './supplier.ts';

const SORTABLE = ['name', 'budget', 'createdAt', 'changedAt'] as const;

/** Where they are, in memory. */
export class SupplierRepository {
  readonly #all = new Map<string, Supplier>();

  constructor(suppliers: Iterable<Supplier>) {
    for (const supplier of suppliers) this.#all.set(supplier.id, supplier);
  }

  get(id: string): Supplier | undefined {
    return this.#all.get(id);
  }

  findBySlug(slug: string): Supplier | undefined {
    return this.all().find((supplier) => supplier.slug === slug);
  }

  all(): Supplier[] {
    return [...this.#all.values()];
  }

  search({ words, state, order }: SupplierSearch): Supplier[] {
    const inState = this.all().filter((supplier) => !state || supplier.state === state);
    const found = search(inState, words, ({ name, email, tags }) => [name, email, ...tags]);
    return toSorted(found, parseOrder<Supplier>(order, SORTABLE));
  }

  save(supplier: Supplier): void {
    this.#all.set(supplier.id, supplier);
  }

  remove(id: string): boolean {
    return this.#all.delete(id);
  }
}

import type { Clock } from '../../shared/clock.ts';
import { createId } from '../../shared/ids.ts';
import { type Page, toPage } from '../../shared/paging.ts';
import { conflict, notFound } from '../../shared/problems.ts';
import { toSlug } from '../../shared/text.ts';
import type { SupplierRepository } from './repository.ts';
import type { NewSupplier, NewSupplierNote, SupplierChange, SupplierSearch } from './schema.ts';
import { canSupplierBecome, type Supplier } from './supplier.ts';

/** What can be done with them, and by which rules. */
export class SupplierService {
  readonly #repository: SupplierRepository;
  readonly #clock: Clock;

  constructor(repository: SupplierRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
  }

  get(id: string): Supplier {
    const found = this.#repository.get(id);
    if (!found) throw notFound('supplier', id);
    return found;
  }

  search(wish: SupplierSearch): Page<Supplier> {
    return toPage(this.#repository.search(wish), wish);
  }

  add(wish: NewSupplier): Supplier {
    const slug = toSlug(wish.name);
    if (this.#repository.findBySlug(slug)) throw conflict(`${wish.name} is there already.`);
    const now = this.#clock.now();
    const id = createId('supplier');
    const rest = { state: 'draft', notes: [], createdAt: now, changedAt: now } as const;
    const supplier: Supplier = { ...wish, ...rest, id, slug, notes: [] };
    this.#repository.save(supplier);
    return supplier;
  }

  change(id: string, change: SupplierChange): Supplier {
    const before = this.get(id);
    const { state } = change;
    if (state && state !== before.state && !canSupplierBecome(before, state)) {
      throw conflict(`What is ${before.state} cannot become ${state}.`);
    }
    const wanted = Object.entries(change).filter(([, value]) => value !== undefined);
    const after = { ...before, ...Object.fromEntries(wanted), changedAt: this.#clock.now() };
    this.#repository.save(after);
    return after;
  }

  addNote(id: string, note: NewSupplierNote): Supplier {
    const supplier = this.get(id);
    const notes = [...supplier.notes, { ...note, writtenAt: this.#clock.now() }];
    this.#repository.save({ ...supplier, notes });
    return this.get(id);
  }

  remove(id: string): void {
    if (!this.#repository.remove(id)) throw notFound('supplier', id);
  }
}

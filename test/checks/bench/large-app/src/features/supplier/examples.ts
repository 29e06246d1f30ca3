import { toSlug } from '../../shared/text.ts';
import type { Supplier, SupplierState } from './supplier.ts';

type Row = [id: string, name: string, state: SupplierState, budget: number, tags: string[]];

/** What there is before anybody has entered anything. */
const ROWS: Row[] = [
  ['north', 'Northern Light', 'active', 120_000, ['winter', 'evening']],
  ['south', 'South of the River', 'active', 80_000, ['garden', 'summer']],
  ['east', 'Eastern Market Hall', 'paused', 45_000, ['market', 'indoor']],
  ['west', 'Westend Corner', 'draft', 0, []],
  ['old-town', 'Old Town Square', 'active', 210_000, ['historic', 'large']],
  ['harbour', 'Harbour Terrace', 'archived', 15_000, ['sea', 'summer', 'outdoor']],
  ['hill', 'House on the Hill', 'active', 99_000, ['view', 'small']],
  ['mill', 'The Old Mill', 'paused', 64_000, ['historic', 'river']],
];

export function createExampleSuppliers(): Supplier[] {
  return ROWS.map(([id, name, state, budget, tags], index) => {
    const createdAt = new Date(Date.UTC(2031, index, 1 + index * 3, 9));
    return {
      id: `supplier_${id}`,
      name,
      slug: toSlug(name),
      email: `${id}@example.com`,
      state,
      budget,
      tags,
      notes: [],
      createdAt,
      changedAt: createdAt,
    };
  });
}

import { format, formatDistance } from 'date-fns';
import { type Clock, isStale } from '../../shared/clock.ts';
import { count, truncate } from '../../shared/text.ts';
import type { Supplier } from './supplier.ts';

const LONGEST_NAME = 40;

/** What a list shows of one of them. */
export interface SupplierLine {
  id: string;
  name: string;
  state: string;
  budget: string;
  notes: string;
  created: string;
  changed: string;
  isStale: boolean;
}

export function toSupplierLine(supplier: Supplier, clock: Clock): SupplierLine {
  return {
    id: supplier.id,
    name: truncate(supplier.name, LONGEST_NAME),
    state: supplier.state,
    budget: (supplier.budget / 100).toFixed(2),
    notes: count(supplier.notes.length, 'note'),
    created: format(supplier.createdAt, 'd MMMM yyyy'),
    changed: formatDistance(supplier.changedAt, clock.now(), { addSuffix: true }),
    isStale: isStale(supplier.changedAt, clock),
  };
}

import type { Id } from '../../shared/ids.ts';

export const SUPPLIER_STATES = ['draft', 'active', 'paused', 'archived'] as const;

export type SupplierState = (typeof SUPPLIER_STATES)[number];

export interface SupplierNote {
  text: string;
  author: string;
  writtenAt: Date;
}

export interface Supplier {
  id: Id<'supplier'>;
  name: string;
  slug: string;
  email: string;
  state: SupplierState;
  /** In cents. */
  budget: number;
  tags: string[];
  notes: SupplierNote[];
  createdAt: Date;
  changedAt: Date;
}

/** From which state it may go to which. */
const STEPS: Record<SupplierState, readonly SupplierState[]> = {
  draft: ['active', 'archived'],
  active: ['paused', 'archived'],
  paused: ['active', 'archived'],
  archived: [],
};

export function canSupplierBecome(supplier: Supplier, state: SupplierState): boolean {
  return STEPS[supplier.state].includes(state);
}

export function isSupplierOpen({ state }: Supplier): boolean {
  return state === 'draft' || state === 'active';
}

import { z } from 'zod';
import { SUPPLIER_STATES } from './supplier.ts';

const name = z.string().trim().min(2).max(80);
const tags = z.array(z.string().trim().min(1).max(24)).max(12);
const budget = z.number().int().nonnegative();

export const newSupplierSchema = z.object({
  name,
  email: z.email(),
  budget: budget.default(0),
  tags: tags.default([]),
});

export const supplierChangeSchema = z
  .object({ name, email: z.email(), budget, tags, state: z.enum(SUPPLIER_STATES) })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'Nothing is changed.');

export const supplierNoteSchema = z.object({
  text: z.string().trim().min(1).max(2000),
  author: name,
});

export const supplierSearchSchema = z.object({
  words: z.string().max(200).optional(),
  state: z.enum(SUPPLIER_STATES).optional(),
  order: z.string().max(20).default('name'),
  number: z.coerce.number().int().positive().optional(),
  size: z.coerce.number().int().positive().optional(),
});

export type NewSupplier = z.infer<typeof newSupplierSchema>;
export type SupplierChange = z.infer<typeof supplierChangeSchema>;
export type NewSupplierNote = z.infer<typeof supplierNoteSchema>;
export type SupplierSearch = z.infer<typeof supplierSearchSchema>;

import { type Request, type Response, Router } from 'express';
import { systemClock } from '../../shared/clock.ts';
import { isId } from '../../shared/ids.ts';
import { invalid } from '../../shared/problems.ts';
import { createExampleSuppliers } from './examples.ts';
import { toSupplierLine } from './format.ts';
import { renderSupplierList } from './page.ts';
import { SupplierRepository } from './repository.ts';
import {
  newSupplierSchema,
  supplierChangeSchema,
  supplierNoteSchema,
  supplierSearchSchema,
} from './schema.ts';
import { SupplierService } from './service.ts';

export function supplierRoutes(): Router {
  const repository = new SupplierRepository(createExampleSuppliers());
  const service = new SupplierService(repository, systemClock);
  const router = Router();

  router.get('/suppliers', (req, res) => {
    const page = service.search(supplierSearchSchema.parse(req.query));
    const items = page.items.map((supplier) => toSupplierLine(supplier, systemClock));
    if (req.accepts(['html', 'json']) === 'json') res.json({ ...page, items });
    else res.send(renderSupplierList({ ...page, items }));
  });

  router.post('/suppliers', (req, res) => {
    res.status(201).json(service.add(newSupplierSchema.parse(req.body)));
  });

  router.get('/suppliers/:id', (req, res) => {
    res.json(service.get(toId(req)));
  });

  router.patch('/suppliers/:id', (req, res) => {
    res.json(service.change(toId(req), supplierChangeSchema.parse(req.body)));
  });

  router.post('/suppliers/:id/notes', (req, res) => {
    res.status(201).json(service.addNote(toId(req), supplierNoteSchema.parse(req.body)));
  });

  router.delete('/suppliers/:id', (req, res: Response) => {
    service.remove(toId(req));
    res.status(204).end();
  });

  return router;
}

function toId({ params }: Request): string {
  const id = String(params['id']);
  if (!isId('supplier', id)) throw invalid('That is no id of a supplier.');
  return id;
}

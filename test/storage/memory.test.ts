import { MemoryStorage, type Medium } from '../support/memory-storage.ts';
import { describeStorageContract } from './contract.ts';

describeStorageContract('memory', async () => {
  const medium: Medium = new Map();
  return (namespace) => new MemoryStorage(namespace, medium);
});

import { describeEntry } from './contract.ts';
import { entry as reactRouter } from './react-router.ts';
import { entry as unstorage } from './unstorage.ts';

describeEntry('react-router', reactRouter);
describeEntry('unstorage', unstorage);

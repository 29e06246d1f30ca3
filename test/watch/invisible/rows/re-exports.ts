import type { Rows } from '../project.ts';

/** Packages whose main file is another file's exports, as those of express and react. */
export const reExports: Rows = {
  'zod before express': {
    code: `import { z } from 'zod'; import express from 'express';
export default [typeof express, typeof express(), typeof express.Router, typeof z.string];`,
    packages: ['zod'],
  },
  'the exports of another file': {
    code: `import small from 'small'; export default [typeof small, small.name];`,
    files: {
      'node_modules/small/index.js': `module.exports = require('./lib/small');`,
      'node_modules/small/lib/small.js': `module.exports = function small() {};`,
    },
  },
  'a chain of them over three packages': {
    code: `import chain from 'chain'; import user from 'chain-user';
export default [typeof chain, chain === user, chain.end];`,
    files: {
      'node_modules/chain/index.js': `module.exports = require('./lib');`,
      'node_modules/chain/lib/index.js': `module.exports = require('chain-middle/one');`,
      'node_modules/chain-middle/one.js': `module.exports = require('./two');`,
      'node_modules/chain-middle/two.js': `module.exports = require('chain-end');`,
      'node_modules/chain-end/index.js': `module.exports = function end() {}; module.exports.end = 1;`,
      'node_modules/chain-user/index.js': `module.exports = require('chain');`,
    },
  },
  'one file or the other, by NODE_ENV': {
    code: `import { which } from 'either'; import runtime from 'either/runtime.js';
export default [which, runtime.which, runtime.own];`,
    files: {
      'node_modules/either/index.js': `if (process.env.NODE_ENV === 'production') {
  module.exports = require('./production.js');
} else {
  module.exports = require('./development.js');
}`,
      'node_modules/either/production.js': `exports.which = 'production';`,
      'node_modules/either/development.js': `exports.which = 'development';`,
      'node_modules/either/runtime.js': `Object.assign(exports, require('./index.js'), { own: 1 });`,
    },
  },
  'what TypeScript makes of export * and of export { default }': {
    code: `import { part, Part, defaultPart } from 'starred';
export default async () => [typeof part, typeof Part, typeof defaultPart, Object.keys(await import('starred')), Object.keys(await import('express'))];`,
    files: {
      'node_modules/starred/index.js': `"use strict";
var __exportStar = (this && this.__exportStar) || function (m, exports) {
  for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(exports, p)) exports[p] = m[p];
};
Object.defineProperty(exports, "__esModule", { value: true });
__exportStar(require("./part"), exports);
var default_1 = require("./default-part");
Object.defineProperty(exports, "defaultPart", { enumerable: true, get: function () { return default_1.default; } });`,
      'node_modules/starred/part.js': `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.part = () => 'part'; exports.Part = class Part {};`,
      'node_modules/starred/default-part.js': `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.default = function () {};`,
    },
  },
  'a package that is imported again by a later one': {
    code: `import first from 'again-first'; import again from 'again'; import last from 'again-last';
export default [typeof again, first.again === again, last.again === again];`,
    files: {
      'node_modules/again/index.js': `module.exports = require('./lib/again.js');`,
      'node_modules/again/lib/again.js': `module.exports = function again() {};`,
      'node_modules/again-first/index.js': `exports.again = require('again');`,
      'node_modules/again-last/index.js': `exports.again = require('again/lib/again');`,
    },
  },
};

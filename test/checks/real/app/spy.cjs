'use strict';

/**
 * Looks at the stack when a package, while it loads, first calls a function of `Object`.
 *
 * @returns where the stack will be found
 */
function spyOn(name) {
  const stacks = {};
  const original = Object[name];
  Object[name] = function (...args) {
    const stack = readStack();
    if (stack.split('\n')[2]?.includes('node_modules') && !stacks.whole) {
      stacks.whole = stack;
      Object[name] = original;
    }
    return Reflect.apply(original, this, args);
  };
  return stacks;
}

/** Without an end: Node's own frames count as well where there is one, and they may be more or fewer. */
function readStack() {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Infinity;
  const { stack } = new Error('seen from outside');
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}

module.exports = { readStack, spyOn };

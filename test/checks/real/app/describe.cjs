'use strict';
const { getOwnPropertyDescriptor, getPrototypeOf } = Object;

/** What an app can see of a value, as text: what it is, of what kind, and the names it has in their order. */
function toText(value) {
  if (typeof value === 'function') {
    return `function ${value.name}/${value.length} of ${kindOf(value)}${namesOf(value)}${namesOf(value.prototype)}`;
  }
  if (typeof value === 'object' && value !== null)
    return `object ${kindOf(value)}${namesOf(value)}`;
  if (typeof value === 'string') return JSON.stringify(value);
  return `${typeof value} ${String(value)}`;
}

/** Packages share Node's prototypes: a class that has only the name of one is another. */
function kindOf(value) {
  const prototype = getPrototypeOf(value);
  if (prototype === null) return 'null';
  const name = getOwnPropertyDescriptor(prototype, 'constructor')?.value?.name ?? '?';
  return `${name}${globalThis[name]?.prototype === prototype ? '' : ' (not Node’s)'}`;
}

function namesOf(value) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return '';
  const names = Reflect.ownKeys(value).map((name) => `${String(name)}${toFlags(value, name)}`);
  return ` {${names.join(' ')}}`;
}

/** What is unusual about a property. */
function toFlags(value, name) {
  const property = getOwnPropertyDescriptor(value, name);
  if (!property) return '';
  const flags = [
    property.get && '=get',
    property.set && '=set',
    property.enumerable || '-enumerable',
    property.writable === false && '-writable',
    property.configurable || '-configurable',
  ];
  return flags.filter((flag) => typeof flag === 'string').join('');
}

/** The same of each of its properties; a getter is called, as an app would. */
function describe(value) {
  const isOpen = (typeof value === 'object' && value !== null) || typeof value === 'function';
  const names = isOpen ? Reflect.ownKeys(value) : [];
  const members = names.map((name) => [String(name), attempt(() => toText(value[name]))]);
  return { itself: toText(value), members: Object.fromEntries(members) };
}

/** What something gives, or why it does not. */
function attempt(action) {
  try {
    return action();
  } catch (error) {
    return `throws ${error}`;
  }
}

module.exports = { attempt, describe };

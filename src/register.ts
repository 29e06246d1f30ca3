/**
 * `node --import holdover/register app.js`: adopts the in-memory session stores of the app's
 * frameworks, so that sessions survive every restart. Nothing else changes, and nothing happens in an
 * app that has none, that brings its own store, or that runs with NODE_ENV=production or test (unless
 * SESSION_TYPE names what sessions are kept in).
 */
import { cacheCompiledCode } from './options/compile-cache.ts';

cacheCompiledCode(); // before what takes long to compile
const { register } = await import('./watch/process/in-app/register.ts');
await register();

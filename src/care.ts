/**
 * What a tool may ask of the sessions of a project, and change: that which `holdover` on the command line and
 * the inspector show. An app that only stores sessions does not load it.
 */
export { changeSession, destroySession, expireSession, type ChangeOptions } from './care/change.ts';
export { SessionChangedError, type SessionChange } from './care/change/json.ts';
export { diagnose } from './care/doctor.ts';
export type { Check, CheckState } from './care/doctor/check.ts';
export type { Explanation, LogoutCause, SessionEvent } from './history/explain.ts';
export { measureSessions, type SessionMeasures } from './care/measure.ts';
export type { CareOptions } from './care/project.ts';
export { planClear, planPrune, type Removal } from './care/removal.ts';
export {
  findSession,
  listSessions,
  readSession,
  type ListOptions,
  type SessionFacts,
} from './care/sessions.ts';
export { explainLogout, listMisses, listSessionEvents, type MissFacts } from './care/why.ts';

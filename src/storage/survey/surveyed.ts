import type { SealFault } from '../../session/seal.ts';
import type { ReadFault } from '../directory/file/header.ts';

/** One session as it lies in its medium. */
export interface SurveyedRecord {
  /** The session id; empty when only headers were read. */
  id: string;
  /** `undefined` for a namespace that nobody knows the name of any more. */
  namespace: string | undefined;
  /** What is stored; empty when only headers were read. */
  text: string;
  /** Milliseconds since the epoch; in a directory also one that is over. */
  expires: number;
  /** When it was last written or touched, where the medium knows: milliseconds since the epoch. */
  stored: number | undefined;
  /** Bytes of its file, or of Redis' memory; not told when only headers were read. */
  size: number;
  /** What it takes on the disk, which gives space in blocks of 4 KiB; in Redis the same as `size`. */
  occupied: number;
  /** The name of its file, or its key in Redis. */
  place: string;
}

/** Which records are wanted, and how much of them. */
export interface SurveyOptions {
  /** @default all that this project has */
  namespaces?: string[] | undefined;
  /** Whether headers are enough: without ids and texts. */
  isLight?: boolean;
  /** Hears of each record that does not open. Nothing is done to it. */
  onFault?: (fault: SealFault | ReadFault, place: string) => void;
}

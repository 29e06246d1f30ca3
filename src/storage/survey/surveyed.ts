import type { SealFault } from '../../session/seal.ts';

/** One session as its storage has it. */
export interface SurveyedRecord {
  /** The session id; empty if only headers were read. */
  id: string;
  /** `undefined` for a namespace whose name the directory no longer knows. */
  namespace: string | undefined;
  /** The record; empty if only headers were read. */
  text: string;
  /** Milliseconds since the epoch. A directory also has expired records. */
  expires: number;
  /** When the record was last stored or touched, in milliseconds since the epoch. Redis does not know it. */
  stored: number | undefined;
  /** Bytes of the file, or of Redis' memory. Of the header alone if only headers were read. */
  size: number;
  /** Bytes that the disk gives to the file, in blocks of 4 KiB. The same as `size` in Redis. */
  occupied: number;
  /** The name of the file, or the key in Redis. */
  name: string;
}

/** Why a record was not read. */
export type SurveyFault = SealFault | 'not permitted';

/** Which records to read, and how much of them. */
export interface SurveyOptions {
  /** @default all namespaces of the project */
  namespaces?: string[] | undefined;
  /** Whether headers are enough: without ids and texts. */
  isLight?: boolean;
  /** Called for each record that cannot be read. The record stays as it is. */
  onFault?: (fault: SurveyFault, name: string) => void;
}

import buffer from 'node:buffer';
import fs from 'node:fs';
import Module from 'node:module';
import process from 'node:process'; // the object itself: the global may be behind a membrane

/** What all code of a process shares and what is no property, or is behind a getter that can be set. */
export function takeFacts(): unknown[] {
  const { argv, execArgv, title } = process;
  const paths = (Module as unknown as { globalPaths: string[] }).globalPaths;
  return [
    argv.join('\0'),
    execArgv.join('\0'),
    title,
    process.cwd(),
    process.umask(),
    paths.join('\0'),
    buffer.INSPECT_MAX_BYTES,
    // Classes behind getters, which graceful-fs sets.
    fs.ReadStream,
    fs.WriteStream,
  ];
}

import { setFlagsFromString } from 'node:v8'

/**
 * Lets WebAssembly be compiled once, quickly, and not again for speed. After a hundred calls V8 would compile the parser of
 * PGlite anew, which takes two seconds and 600 MB, and a process cannot end meanwhile. That pays where PGlite is the
 * database of a service; not in a command, nor for a look at the past beside a server (docs/decisions/0115).
 *
 * To be said before the first PGlite of the process is opened.
 */
export function keepWasmSmall(): void {
  // `--liftoff-only` stands for both, but only on the command line.
  setFlagsFromString('--no-wasm-tier-up')
  setFlagsFromString('--no-wasm-dynamic-tiering')
}

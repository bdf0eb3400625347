import { parentPort, workerData } from 'node:worker_threads'
import { readSheet } from 'read-excel-file/universal'

/** Reads the first sheet of a workbook in a thread that may be given up. */
const bytes = workerData as Uint8Array<ArrayBuffer>
parentPort?.postMessage(
  await readSheet(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
)

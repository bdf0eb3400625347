import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { PrintForm, Writing } from '#print/forms.ts'

interface Written {
  readonly pdf?: Uint8Array
  readonly problem?: string
}

/** What is to be written. */
export interface Order {
  readonly form: PrintForm
  readonly writing: Writing
}

/** No more of them: each holds the fonts once more. */
const MOST = 2

/**
 * Writes forms as PDF in threads of their own, so that the service answers meanwhile; in the order of what was asked for.
 *
 * @param tell how many are written
 */
export async function printAll(
  orders: readonly Order[],
  tell: (done: number) => void = () => {},
): Promise<Uint8Array[]> {
  const written: Uint8Array[] = []
  let [next, done] = [0, 0]
  const press = async (): Promise<void> => {
    const worker = new Worker(new URL('print-worker.ts', import.meta.url))
    try {
      while (next < orders.length) {
        const at = next++
        written[at] = await printedBy(worker, orders[at]!)
        tell(++done)
      }
    } finally {
      await worker.terminate()
    }
  }
  const presses = Math.min(MOST, availableParallelism(), orders.length)
  await Promise.all(Array.from({ length: presses }, press))
  return written
}

async function printedBy(worker: Worker, order: Order): Promise<Uint8Array> {
  const { pdf, problem } = await new Promise<Written>((resolve, reject) => {
    const gone = (): void => reject(new Error('a form was not printed: the thread ended'))
    worker.once('exit', gone)
    worker.once('error', reject)
    worker.once('message', (message: Written) => {
      worker.off('exit', gone).off('error', reject)
      resolve(message)
    })
    worker.postMessage(order)
  })
  if (pdf === undefined) throw new Error(`a form was not printed: ${problem}`)
  return pdf
}

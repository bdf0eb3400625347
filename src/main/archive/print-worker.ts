import { parentPort } from 'node:worker_threads'
import { type PrintForm, renderPdf, type Writing } from '#print/forms.ts'

/** Writes forms as PDF beside the service: a class for a year is some seconds of nothing else. */
parentPort!.on('message', ({ form, writing }: { form: PrintForm; writing: Writing }) => {
  void renderPdf(form, writing).then(
    (pdf) => parentPort!.postMessage({ pdf }),
    (error: unknown) => parentPort!.postMessage({ problem: String(error) }),
  )
})

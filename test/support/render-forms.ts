/** Renders every form and says the digest of each, for whoever starts this in another time zone. */
import { hash } from 'node:crypto'
import { renderHtml, renderPdf } from '#print/forms.ts'
import { FORMS, namesFor, stampFor } from './print-forms.ts'

for (const form of FORMS) {
  const writing = { names: namesFor(30), stamp: stampFor(form) }
  const pdf = hash('sha512', await renderPdf(form, writing))
  process.stdout.write(`${form.template} ${pdf} ${hash('sha512', renderHtml(form, writing))}\n`)
}

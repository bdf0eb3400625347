import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentHash, type PrintForm, renderHtml, renderPdf } from '#print/forms.ts'
import {
  fontsOf,
  partsOf,
  POPPLER,
  PREFLIGHT,
  preflight,
  QPDF,
  qpdfCheck,
  textOf,
} from '#support/pdf-tools.ts'
import {
  CHECKPOINT,
  FORMS,
  journalPage,
  namesFor,
  pupilName,
  stampFor,
  summary,
} from '#support/print-forms.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'letopis-print-'))
afterAll(() => rmSync(folder, { recursive: true }))

const written = async (form: PrintForm, name: string, pupils = 130): Promise<string> => {
  const file = join(folder, `${name}.pdf`)
  writeFileSync(file, await renderPdf(form, { names: namesFor(pupils), stamp: stampFor(form) }))
  return file
}
const nameOf = (form: PrintForm) => form.template.replace('/', '.')

const digestsIn = async (zone: string): Promise<string> => {
  const script = join(import.meta.dirname, '../support/render-forms.ts')
  return (await run(process.execPath, [script], { env: { ...process.env, TZ: zone } })).stdout
}

describe('every form as PDF/A-1b', () => {
  const files: string[] = []
  const unusual: ReadonlyArray<readonly [string, PrintForm]> = [
    ['stream-of-120', journalPage(120, 40)],
    ['nobody', journalPage(0, 5)],
    ['no-lessons', journalPage(3, 0)],
    ['24-subjects', summary(30, 24)],
  ]
  beforeAll(async () => {
    for (const form of FORMS) files.push(await written(form, nameOf(form)))
    for (const [name, form] of unusual) files.push(await written(form, name))
  })

  it.each(FORMS)('has what the standard wants of it: $template', async (form) => {
    const pdf = await renderPdf(form, { names: namesFor(30), stamp: stampFor(form) })
    const { text, streams } = partsOf(pdf)
    expect(text.startsWith('%PDF-1.4')).toBe(true)
    expect(text).toMatch(/\/OutputIntents\b/)
    expect(text).toMatch(/\/GTS_PDFA1\b/)
    expect(text).not.toMatch(/\/Encrypt\b/)
    expect(text).not.toMatch(/\/(JavaScript|Launch|URI|EmbeddedFile)\b/)
    const metadata = [text, ...streams].join('\n')
    expect(metadata).toMatch(/<pdfaid:part>1<\/pdfaid:part>/)
    expect(metadata).toMatch(/<pdfaid:conformance>B<\/pdfaid:conformance>/)
    const fonts = text.match(/\/Type \/FontDescriptor/g) ?? []
    expect(fonts.length).toBeGreaterThan(0)
    expect(text.match(/\/FontFile2 /g)).toHaveLength(fonts.length)
  })

  it.skipIf(!PREFLIGHT)(
    'passes Apache PDFBox Preflight (skipped where it is not installed)',
    async () => {
      const said = await preflight(files)
      expect(said).toEqual(files.map(() => expect.stringContaining('is a valid PDF/A-1b file')))
    },
    180_000,
  )

  it.skipIf(!QPDF)('passes qpdf --check (skipped where it is not installed)', async () => {
    for (const file of files) {
      const said = await qpdfCheck(file)
      expect(said).toContain('File is not encrypted')
      expect(said).toContain('No syntax or stream encoding errors found')
    }
  })

  it.skipIf(!POPPLER)('embeds every font (skipped where pdffonts is not installed)', async () => {
    for (const file of files) {
      const rows = (await fontsOf(file)).trim().split('\n').slice(2)
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(row).toMatch(/^[A-Z]{6}\+Roboto.* yes yes yes /)
    }
  })
})

it('R-7A.16c: the same data give the same bytes in two time zones, twice', async () => {
  const [utc, tomsk] = [await digestsIn('UTC'), await digestsIn('Asia/Tomsk')]
  expect(utc.trim().split('\n')).toHaveLength(FORMS.length)
  expect(tomsk).toBe(utc)
  const form = FORMS[0]!
  const writing = { names: namesFor(30), stamp: stampFor(form) }
  expect(Buffer.from(await renderPdf(form, writing)).equals(await renderPdf(form, writing))).toBe(true)
})

it('a second later it is another file with the same content', async () => {
  const form = FORMS[0]!
  const names = namesFor(30)
  const one = await renderPdf(form, { names, stamp: stampFor(form) })
  const other = await renderPdf(form, { names, stamp: stampFor(form, '2026-12-28T05:06:08.890Z') })
  expect(Buffer.from(one).equals(other)).toBe(false)
})

describe('the content hash', () => {
  it('is the same whatever people are called, and another for another mark', () => {
    const form = journalPage(3, 3)
    expect(contentHash(journalPage(3, 3))).toBe(contentHash(form))
    const [first, ...rest] = form.content.cells
    const changed = { ...form.content, cells: [{ ...first!, text: '2' }, ...rest] }
    expect(contentHash({ template: 'journal-page/1', content: changed })).not.toBe(contentHash(form))
  })
})

describe.skipIf(!POPPLER)('what can be read in the file (skipped where pdftotext is not installed)', () => {
  it('R-1.4: the page says school, class, subject, period, time, snapshot and checkpoint in Cyrillic', async () => {
    const form = journalPage(28, 40)
    const text = await textOf(await written(form, 'said'))
    const { snapshot } = stampFor(form)
    for (const said of [
      'МАОУ СОШ № 35 г. Томска',
      'Класс (группа): 7А',
      'Предмет: Алгебра',
      'Период: 2 четверть (02.11.2026 – 26.12.2026)',
      '28.12.2026 12:06:07 (Asia/Tomsk)',
      'Щербакова Ёлка Юрьевна',
      'стр. 1 из 4',
      snapshot.id,
      snapshot.hash,
      ...CHECKPOINT.trim().split('\n'),
    ]) {
      expect(text).toContain(said)
    }
  })

  it('R-1.4: everything of the paper page is there: list, dates, marks, absences, topics, homework, finals', async () => {
    const form = journalPage(28, 40)
    const text = await textOf(await written(form, 'whole'))
    for (let at = 0; at < 28; at++) expect(text).toContain(pupilName(at))
    for (const { date, topic } of form.content.lessons) {
      expect(text).toContain(`${date.slice(8)}.${date.slice(5, 7)}.${date.slice(0, 4)}`)
      expect(text).toContain(topic.slice(0, 20))
    }
    for (const code of ['Н/б', 'Опз 4', '5/4', '2*', 'Итог', 'упр. 94–98']) expect(text).toContain(code)
  })

  it('a stream of 120 pupils stands whole, in the order of names, over several sheets', async () => {
    const text = await textOf(await written(journalPage(120, 40), 'stream'))
    const places = Array.from({ length: 120 }, (_, at) => text.indexOf(pupilName(at)))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places.toSorted((a, b) => a - b)).toEqual(places)
  })

  it('a page without pupils says so', async () => {
    expect(await textOf(await written(journalPage(0, 5), 'empty'))).toContain('Обучающихся на странице нет')
  })

  it('R-2.14b: a summary sheet of 24 subjects goes on on further sheets, every mark with its pupil', async () => {
    const text = await textOf(await written(summary(30, 24), 'wide'))
    expect(text).toContain('Итоговые отметки, лист 2 из 2')
    for (const said of ['Экзамен', 'переведён(а) в следующий класс', '№ 88-у от 28.05.2027', 'М.П.']) {
      expect(text).toContain(said)
    }
  })
})

describe('the same form as HTML', () => {
  it.each(FORMS)('is one file that loads and runs nothing: $template', (form) => {
    const html = renderHtml(form, { names: namesFor(30), stamp: stampFor(form) })
    expect(html).toMatch(/^<!DOCTYPE html>/)
    expect(html).not.toMatch(/<(script|link|img|iframe|object)|\bsrc=|\bhref=|url\(/i)
    expect(html).toContain(stampFor(form).snapshot.hash)
  })

  it('shows what somebody typed as text', () => {
    const html = renderHtml(journalPage(2, 2), { names: namesFor(2), stamp: stampFor(journalPage(2, 2)) })
    expect(html).toContain('&lt;y = ax² + bx + c&gt; &amp; её график')
    expect(html).not.toContain('<y')
  })
})

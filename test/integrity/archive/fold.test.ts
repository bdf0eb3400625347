import { describe, expect, it } from 'vitest'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { journalPageEvents } from '#events/journal-page.ts'
import type { Decoded } from '#events/registry.ts'
import { personsIn } from '#integrity/archive/content.ts'
import { type FoldState, foldRecord, newFold } from '#integrity/archive/fold.ts'
import { type Form, formOf } from '#integrity/archive/forms.ts'
import { csv, formTable, historyTable, html } from '#integrity/archive/tables.ts'
import type { ArchiveScope } from '#values/archive.ts'
import type { Uuid } from '#values/uuid.ts'
import { ANNA, BORIS, date, MATHEMATICIAN, school, YEAR } from '#support/class-7a.ts'
import { OF_PAGE, OF_SUMMARY } from '#support/packages.ts'
import { decodedOf, SCHOOL } from '#support/spec.ts'
import { besideFinals, projectsInSummary, wholePage } from '#support/whole-page.ts'

const NO_NAMES = new Map()
const before = decodedOf([...school, projectsInSummary])
const all = decodedOf([...school, projectsInSummary, ...besideFinals, ...wholePage])
const own = all.slice(before.length)

const folded = (events: readonly Decoded[]): FoldState => {
  const state = newFold()
  for (const event of events) foldRecord(state, event, (text) => (typeof text === 'string' ? text : '?'))
  return state
}
const formFrom = (events: readonly Decoded[], scope: ArchiveScope = OF_PAGE): Form =>
  formOf(SCHOOL, scope, folded(events)).form
const extract = (pupil: Uuid): ArchiveScope => ({ kind: 'pupil', pupil, year: YEAR, on: date('2026-12-31') })
/** Everything that a package says of its records. */
const said = (events: readonly Decoded[]): string =>
  JSON.stringify([formFrom(events), historyTable(folded(events), NO_NAMES)])

describe('the fold of a package', () => {
  it('R-2.15 (nothing is left out): the history of this test has every type of event of a page', () => {
    const types = new Set(all.map(({ type }) => type))
    for (const type of Object.keys(journalPageEvents)) expect(types).toContain(type)
  })

  it('R-2.15 (nothing is left out): without the events of any one type a package says something else', () => {
    const whole = said(all)
    for (const type of new Set(own.map((event) => event.type))) {
      expect(said(all.filter((event) => event.type !== type)), type).not.toBe(whole)
    }
  })

  it('R-F15, R-2.5c, R-7A.6g, R-A1.p1 (on the page): assessments, credits, remarks, homework of one, disputes, signatures', () => {
    const form = formFrom(all)
    if (form.form !== 'letopis-journal') throw new Error('another form')
    const [page] = form.pages
    expect(page).toMatchObject({
      assessments: [
        { name: 'Защита проектов', works: [{ marks: [{ pupil: ANNA, value: 5, credit: null }] }] },
      ],
      remarks: expect.arrayContaining([
        expect.objectContaining({ kind: 'remark', pupil: BORIS, text: 'Разговаривал на уроке' }),
        expect.objectContaining({ kind: 'recommendation', pupil: null }),
      ]) as unknown,
      exemptions: [{ until: '2026-11-20', document: { number: '12' } }],
      disputes: expect.arrayContaining([
        expect.objectContaining({ answer: expect.objectContaining({ by: 'withdrawal' }) as unknown }),
        expect.objectContaining({
          answer: expect.objectContaining({ by: 'refusal', text: 'В задаче ошибка' }) as unknown,
        }),
      ]) as unknown,
      signatures: [{ method: 'password', digest: 'ab'.repeat(32) }],
      closedAt: expect.any(String) as unknown,
    })
    const [monday] = page!.lessons
    expect(monday).toMatchObject({
      explained: { reason: 'outage', note: 'не было сети' },
      individual: [{ pupil: ANNA, homework: { text: 'карточка 4' } }],
    })
    const credits = monday!.works.flatMap(({ marks }) => marks.flatMap(({ credit }) => credit ?? []))
    expect(credits).toEqual([
      { absence: 'Н/б', protocol: { number: '7', date: '2026-11-18' }, examiners: [MATHEMATICIAN] },
    ])
    expect(personsIn(form)).toContain(MATHEMATICIAN)
  })

  it('R-F16: forms of education, finals from elsewhere and protocols stand in page, summary sheet and extract', () => {
    const beside = {
      forms: [{ pupil: BORIS, form: 'family', from: '2026-11-10' }],
      credited: [{ pupil: ANNA, value: 5, issuedBy: 'Лицей № 8' }],
      attestations: [{ pupil: BORIS, value: 4, protocol: { number: 'П-3' }, commission: [MATHEMATICIAN] }],
    }
    expect(formFrom(all)).toMatchObject(beside)
    expect(formFrom(all, OF_SUMMARY)).toMatchObject(beside)
    expect(formFrom(all, extract(ANNA))).toMatchObject({
      credited: beside.credited,
      attestations: [],
      forms: [],
    })
    expect(formFrom(all, extract(BORIS))).toMatchObject({ credited: [], attestations: beside.attestations })
  })

  it('R-3.2: the archived summary sheet says by which form and version it was made', () => {
    expect(formFrom(all, OF_SUMMARY)).toMatchObject({ form: 'letopis-summary', version: 1 })
  })

  it('R-F15 (in the summary): the assessments that the rules of the school show there, and no others', () => {
    const assessments = [{ name: 'Защита проектов', marks: [{ pupil: ANNA, value: 5 }] }]
    expect(formFrom(all, OF_SUMMARY)).toMatchObject({ assessments })
    const hidden = decodedOf([...school, ...wholePage])
    expect(formFrom(hidden, OF_SUMMARY)).toMatchObject({ assessments: [] })
  })

  it('R-F19: whose results came is corrected in the receipt, and stands in the history by name, with the reason', () => {
    const form = formFrom(all)
    const lists = canonicalJson(form)
    expect(lists).toContain(
      canonicalJson({ receivedAt: '2026-11-09T03:00:00.000Z', pupils: [ANNA, BORIS] }).slice(1, -1),
    )
    const names = new Map([
      [ANNA, 'Белова Анна'],
      [BORIS, 'Гусев Борис'],
    ])
    const history = csv(historyTable(folded(all), names))
    expect(history).toMatch(/AssessmentResultsCorrected;[^\n]*;Белова Анна;Белова Анна, Гусев Борис;/)
  })

  it('R-2.15 (tables, HTML): what stands beside lessons stands in CSV and HTML', () => {
    const form = formFrom(all)
    const [table, page] = [csv(formTable(form, NO_NAMES)), html(form, NO_NAMES)]
    for (const text of [
      'Защита проектов',
      'зачёт темы',
      'протокол 7 от 2026-11-18',
      'замечание',
      'Разговаривал на уроке',
      'рекомендация',
      'карточка 4',
      'освобождение от практики',
      'несогласие с отметкой',
      'Ответ: В задаче ошибка',
      'подпись страницы',
      'расхождение с бумажной страницей',
      'То же иными словами',
      'отсрочка итога',
      'семейное образование',
      'Лицей № 8',
      'протокол П-3 от 2026-12-21',
    ]) {
      expect(table, text).toContain(text)
      expect(page, text).toContain(text)
    }
    const summary = csv(formTable(formFrom(all, OF_SUMMARY), NO_NAMES))
    for (const text of ['Защита проектов', 'семейное образование', 'протокол П-3'])
      expect(summary).toContain(text)
  })
})

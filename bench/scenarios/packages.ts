import { randomUUID } from 'node:crypto'
import { verifyPackage } from '#integrity/archive/verify-package.ts'
import { makePackage } from '#main/archive/make-package.ts'
import { PackageFolder } from '#main/archive/package-folder.ts'
import { archiveMaking } from '#main/archive/service-archive.ts'
import { OPERATOR } from '#main/operator.ts'
import type { ArchiveScope } from '#values/archive.ts'
import type { Uuid } from '#values/uuid.ts'
import { KEY, sealAll, sealerOf } from '../integrity/sealed-to-the-end.ts'
import { quantile } from '../measure.ts'
import type { Shape } from '../region/plan.ts'
import { installed, newPlace, prepare } from '../region/prepared.ts'
import { figure } from '../report.ts'
import { type Scenario, skipped } from '../scenario.ts'

/** A class of 25 with twelve journals; a page has some 2,000 records. */
const SHAPE: Shape = {
  schools: 1,
  classes: 1,
  journals: 12,
  pupils: 25,
  lessons: 150,
  entries: true,
  closed: true,
  teachers: 1,
}

const ROUNDS = { quick: 3, full: 9 } as const

/** Packages of the archive from the log to the file on the disk, PDF included, and their check. */
export const packages: Scenario = {
  name: 'packages',
  about: 'packages of the archive, of a page and of a class for a year, PDF included, and their check',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    if (absence !== null) return skipped(absence)
    run.say('writing a log')
    const place = await newPlace(run, 'PostgreSQL')
    const { region, events } = await prepare(run, place, SHAPE, { logIns: false })
    const installation = await installed(place)
    const { school, pages } = { school: region.schools[0]!, pages: region.schools[0]!.pages }
    const folder = new PackageFolder(run.scratch.folder())
    // No read model is built for this: nothing stands in the archive before.
    const making = { ...archiveMaking(installation, folder, () => [KEY]), standing: async () => null }
    await sealAll(installation, place.folder, events)
    const sealing = sealerOf(installation, place.folder, 0)
    const made = async (scope: ArchiveScope) => {
      const asked = { school: school.slug, id: newId(), package: newId(), scope, actor: OPERATOR }
      const phases: Array<readonly [string, number]> = []
      const began = performance.now()
      const result = await makePackage(making, asked, (phase) => phases.push([phase, performance.now()]))
      const ended = performance.now()
      if ('refused' in result) throw new Error(`no package: ${JSON.stringify(result)}`)
      const check = performance.now()
      const found = verifyPackage(folder.pathOf(result.sha512), { keys: [KEY], witnesses: [], quorum: 0 })
      return {
        seconds: (ended - began) / 1_000,
        verifying: (performance.now() - check) / 1_000,
        records: found.records,
        bytes: folder.bytes(result.sha512)!,
        phases: phases.map(([phase, at]) => [phase, at - began] as const),
      }
    }
    try {
      const ofPage: Array<Awaited<ReturnType<typeof made>>> = []
      const ofYear: Array<Awaited<ReturnType<typeof made>>> = []
      for (let round = 0; round < ROUNDS[run.mode]; round++) {
        run.say(`round ${round + 1}`)
        ofPage.push(await made({ kind: 'page', page: pages[round]!.page }))
        const { class: of } = pages[0]!
        ofYear.push(await made({ kind: 'class-year', class: of.id, year: school.year }))
      }
      const row = (name: string, of: typeof ofPage) =>
        [
          name,
          figure(of[0]!.records),
          figure(of[0]!.bytes / 1_048_576),
          figure(median(of)),
          figure(
            quantile(
              of.map(({ verifying }) => verifying),
              0.5,
            ),
          ),
        ] as const
      return {
        tables: [
          {
            title: 'a package, seconds',
            columns: ['', 'records', 'MiB', 'made', 'verified'],
            rows: [row('page', ofPage), row('class for a year, 12 journals', ofYear)],
          },
        ],
        checks: [
          { what: 'a package of a page', value: median(ofPage), unit: 's', target: { most: 2 } },
          { what: 'a package of a class for a year', value: median(ofYear), unit: 's', target: { most: 20 } },
        ],
        notes: [
          'made: from the reading of the log to the file on the disk, with the wait for the checkpoint over its own sealing; the PDF is printed in threads beside, each package starts its own',
        ],
        samples: { events, ofPage, ofYear },
      }
    } finally {
      await sealing.stop()
      await installation.close()
    }
  },
}

const median = (of: ReadonlyArray<{ readonly seconds: number }>): number =>
  quantile(
    of.map(({ seconds }) => seconds),
    0.5,
  )
const newId = (): Uuid => randomUUID() as Uuid

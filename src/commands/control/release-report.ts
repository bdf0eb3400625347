import { controlEvents } from '#events/control.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { matterOfInspected, ofYear } from './ground.ts'

const ReleaseReport = controlEvents.ReportReleased.data.omit({ release: true }).extend({ year: SchoolYear })

/**
 * Releases a report of a class to its class teacher (R-7B.6), as it was when the service made it: instant and digest are
 * its own, so that this is in no address (docs/decisions/0101).
 */
export const releaseReport = defineCommand({
  ...ofYear,
  name: 'release-report',
  path: 'years/:year/released-reports',
  summary: 'Передать классному руководителю отчёт о классе',
  operation: '29d',
  input: ReleaseReport,
  // A report of a class is of all its subjects.
  concerns: ({ input, references }) =>
    matterOfInspected({ kind: 'diaries', class: input.class, pupil: null }, references),
  decide({ input: { year, ...report }, references: { roster }, newId }) {
    const known = roster.classes.get(report.class)
    if (known?.year !== year) return refuse('class-unknown', { class: report.class })
    if (report.pupil !== null && !known.members.some(({ pupil }) => pupil === report.pupil))
      return refuse('pupil-not-in-class', { class: report.class, pupil: report.pupil })
    return [{ type: 'ReportReleased', data: { release: newId('release'), ...report } }]
  },
})

import { acceptRules } from '#commands/access/accept-rules.ts'
import { blockAccount } from '#commands/access/block-account.ts'
import { disableAccount } from '#commands/access/disable-account.ts'
import { endRole } from '#commands/access/end-role.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { issueActivationCode } from '#commands/access/issue-activation-code.ts'
import { linkExternalIdentity } from '#commands/access/link-external-identity.ts'
import { openAccount } from '#commands/access/open-account.ts'
import { replaceLogInName } from '#commands/access/replace-log-in-name.ts'
import { replacePassword } from '#commands/access/replace-password.ts'
import { reportLostCredentials } from '#commands/access/report-lost-credentials.ts'
import { unblockAccount } from '#commands/access/unblock-account.ts'
import { unlinkExternalIdentity } from '#commands/access/unlink-external-identity.ts'
import type { COMMANDS } from '#commands/catalogue.ts'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { adoptCurriculum } from '#commands/curriculum/adopt-curriculum.ts'
import { endRepresentation } from '#commands/family/end-representation.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { changeGrading } from '#commands/journal-page/change-grading.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { reopenPage } from '#commands/journal-page/reopen-page.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawFinal } from '#commands/journal-page/withdraw-final.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { addRoom } from '#commands/premises/add-room.ts'
import { closeRoom } from '#commands/premises/close-room.ts'
import { addSchoolDay } from '#commands/school-year/add-school-day.ts'
import { movePeriod } from '#commands/school-year/move-period.ts'
import { declareEmptySection } from '#commands/school-year/declare-empty-section.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { decidePromotion } from '#commands/roster/decide-promotion.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { leaveGroup } from '#commands/roster/leave-group.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { releasePupil } from '#commands/roster/release-pupil.ts'
import { releaseStaff } from '#commands/roster/release-staff.ts'
import { removeFromClass } from '#commands/roster/remove-from-class.ts'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { openSchoolYear } from '#commands/school-year/open-school-year.ts'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { cancelKeyDestruction } from '#commands/privacy/cancel-key-destruction.ts'
import { confirmKeyDestruction } from '#commands/privacy/confirm-key-destruction.ts'
import { requestKeyDestruction } from '#commands/privacy/request-key-destruction.ts'
import { issueServiceToken } from '#commands/service-token/issue-service-token.ts'
import { revokeServiceToken } from '#commands/service-token/revoke-service-token.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { changeRoom } from '#commands/timetable/change-room.ts'
import { combineLessons } from '#commands/timetable/combine-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { restoreLesson } from '#commands/timetable/restore-lesson.ts'
import { separateLessons } from '#commands/timetable/separate-lessons.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { withdrawSubstitution } from '#commands/timetable/withdraw-substitution.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { cancelTest } from '#commands/test-schedule/cancel-test.ts'
import { moveTest } from '#commands/test-schedule/move-test.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import { approveTopicPlan } from '#commands/topic-plan/approve-topic-plan.ts'
import { pageId } from '#values/school.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { accountOf, commandId, type LogIn, MOTHER, PASSWORD } from './api.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  ENGLISH_TEACHER,
  GROUP_ENGLISH,
  id,
  LESSON,
  MATHEMATICIAN,
  PAGE,
  Q1,
  STRANGER,
  YEAR,
} from './class-7a.ts'

/** One command of {@link WHOLE_LIFE}, and what it leaves. */
export interface Step {
  readonly login: LogIn
  readonly command: (typeof COMMANDS)[number]
  readonly input: Readonly<Record<string, unknown>>
  /** The id of the command. */
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly events: number
  /** Lines of the audit: attendance has one for the lesson and one for each absentee. */
  readonly lines: number
}

/** Whoever is named in this life; nobody else in the tests is called so. */
export const NAMES = {
  mathematician: { family: 'Крыжопольская', given: 'Евлампия', patronymic: 'Мстиславовна' },
  english: { family: 'Тютюнникова', given: 'Гликерия', patronymic: 'Святополковна' },
  anna: { family: 'Щекочихина', given: 'Аглаида', patronymic: 'Ферапонтовна' },
  boris: { family: 'Передрейкин', given: 'Пантелеймон', patronymic: 'Варфоломеевич' },
  mother: { family: 'Щекочихина-Вязовская', given: 'Павсикакия', patronymic: 'Еремеевна' },
} as const
export const CREDENTIALS = { login: 'secretary.otdel-kadrov', password: 'Сорок-тысяч-одуванчиков' } as const

let steps = 0
function step(
  login: LogIn,
  command: Step['command'],
  input: Step['input'],
  events = 1,
  lines = events,
): Step {
  const id = commandId(`whole life ${steps++}`)
  // Whoever teaches and leads a class says in which of both roles.
  const role = login === 'english' ? { 'letopis-role': 'class-teacher' } : {}
  return { login, command, input, id, headers: { 'idempotency-key': id, ...role }, events, lines }
}

const ORDER = { number: '12-у', date: '2026-11-27' }
const from = '2026-09-01'
const journal = { year: YEAR, journal: ALGEBRA }
/** A lesson of algebra that is not given yet, and the journal of another class. */
const later = { ...journal, date: '2026-11-16', number: 3 }
const OF_7B = id('journal/7Б/algebra of whole life')
const together = { year: YEAR, date: '2026-11-23', number: 3 }
const here = { page: PAGE, lesson: LESSON }
/** The page of the first quarter. */
const ended = { page: pageId(ALGEBRA, Q1) }
const why = { reason: 'typing-error', note: 'Перепутал строки' }
const account = id('account/secretary')

const marks = step(
  'mathematician',
  recordMarks,
  {
    ...here,
    kind: 'test',
    marks: [
      { pupil: ANNA, value: 4 },
      { pupil: BORIS, value: 'Д' },
    ],
  },
  3,
)
const comment = step('mathematician', addComment, {
  ...here,
  on: { kind: 'lesson' },
  text: 'Урок в кабинете 305',
})
const madeBy = ({ id }: Step, name: string): Uuid => uuidV5(Uuid.parse(id), name)

const linked = step('administrator', linkExternalIdentity, {
  account,
  issuer: 'https://id.example.org',
  subject: 'subject-of-secretary',
})
/** Represented Boris, and does not any more. */
const AUNT = id('person/aunt-of-boris')
const SERVICE_TOKEN = id('service-token')

/** A school from its first day: every command of the catalogue is given and accepted, with the versions that stand. */
export const WHOLE_LIFE: readonly Step[] = [
  step('administrator', openAccount, { account, person: id('staff/secretary'), ...CREDENTIALS }),
  step('administrator', grantRole, { account, role: 'deputy', from }),
  step('deputy', openSchoolYear, { year: YEAR, from, until: '2027-05-26' }),
  step('deputy', adoptPolicy, { effectiveFrom: from }),
  step('deputy', planPeriods, {
    year: YEAR,
    structure: 'quarters',
    grades: [7],
    periods: [
      { period: 'q1', name: 'I четверть', from, until: '2026-10-23' },
      { period: 'q2', name: 'II четверть', from: '2026-11-02', until: '2026-12-29' },
    ],
  }),
  step('deputy', movePeriod, {
    year: YEAR,
    period: 'q2',
    grades: [7],
    from: '2026-11-02',
    until: '2026-12-30',
  }),
  step('deputy', addSchoolDay, { year: YEAR, date: '2026-11-14' }),
  step('deputy', planHolidays, {
    year: YEAR,
    holidays: [{ name: 'День народного единства', from: '2026-11-04', until: '2026-11-04', grades: null }],
  }),
  step('deputy', declareEmptySection, { year: YEAR, section: 'individual-plans' }),
  step('deputy', addRoom, { room: '214', purpose: 'Кабинет математики', seats: 30 }),
  step('deputy', closeRoom, { room: '214', from: '2027-06-01' }),
  step('deputy', scheduleBells, {
    year: YEAR,
    shift: 'first',
    effectiveFrom: from,
    grades: [7],
    bells: [{ number: 3, from: '10:20', until: '11:00' }],
  }),
  step('deputy', addSubject, { subject: id('subject/algebra'), name: 'Алгебра' }),
  step('deputy', hireStaff, { staff: MATHEMATICIAN, name: NAMES.mathematician, from }),
  step('deputy', hireStaff, { staff: ENGLISH_TEACHER, name: NAMES.english, from }),
  step('deputy', enrolPupil, { pupil: ANNA, name: NAMES.anna, from }),
  step('deputy', enrolPupil, { pupil: BORIS, name: NAMES.boris, from }),
  step('deputy', registerRepresentative, {
    pupil: ANNA,
    representative: MOTHER,
    name: NAMES.mother,
    kinship: 'mother',
    from,
  }),
  step('deputy', formClass, { class: CLASS_7A, year: YEAR, grade: 7, name: '7А' }),
  step('deputy', placeInClass, { class: CLASS_7A, pupils: [ANNA, BORIS], from }, 2),
  step('deputy', appointClassTeacher, { class: CLASS_7A, staff: ENGLISH_TEACHER, from }),
  step('english', formGroup, {
    group: GROUP_ENGLISH,
    year: YEAR,
    name: 'Английский, группа 1',
    classes: [CLASS_7A],
  }),
  step('english', joinGroup, { group: GROUP_ENGLISH, pupils: [ANNA, BORIS], from }, 2),
  step('english', leaveGroup, { group: GROUP_ENGLISH, pupil: BORIS, from: '2026-11-16' }),
  step('deputy', adoptCurriculum, {
    year: YEAR,
    name: 'Учебный план 7 класса',
    for: { kind: 'grade', grade: 7 },
    lines: [{ subject: id('subject/algebra'), hours: 3 }],
    effectiveFrom: from,
  }),
  step('deputy', openJournal, {
    ...journal,
    subject: id('subject/algebra'),
    learners: { kind: 'class', class: CLASS_7A },
    name: 'Алгебра, 7А',
  }),
  step('deputy', assignTeacher, { ...journal, staff: MATHEMATICIAN, from }),
  step('deputy', assignTeacher, { ...journal, staff: ENGLISH_TEACHER, from }),
  step('deputy', releaseTeacher, { ...journal, staff: ENGLISH_TEACHER, from: '2026-11-09' }),
  step('deputy', scheduleWeek, {
    year: YEAR,
    class: CLASS_7A,
    effectiveFrom: from,
    slots: [{ weekday: 1, number: 3, journal: ALGEBRA, room: '214' }],
  }),
  step('mathematician', adoptTopicPlan, {
    ...journal,
    effectiveFrom: from,
    sections: [{ title: 'Степень', items: [{ topic: 'Степень с натуральным показателем', hours: 4 }] }],
  }),
  step('deputy', approveTopicPlan, { ...journal, version: 1 }),
  step('deputy', planTest, {
    ...journal,
    test: id('test/1'),
    date: '2026-11-09',
    topic: 'Степень',
    internalControl: true,
  }),
  step('deputy', moveTest, {
    year: YEAR,
    test: id('test/1'),
    date: '2026-11-16',
    note: 'Совпала с диктантом',
  }),
  step('deputy', cancelTest, { year: YEAR, test: id('test/1') }),
  step('deputy', orderSubstitution, { ...later, substitute: ENGLISH_TEACHER, order: ORDER }),
  step('deputy', withdrawSubstitution, later),
  step('deputy', transferLesson, { ...later, to: { date: '2026-11-17', number: 5 } }),
  step('deputy', cancelLessons, {
    year: YEAR,
    date: '2026-11-17',
    lessons: [{ journal: ALGEBRA, number: 5 }],
    reason: 'Актированный день',
  }),
  step('deputy', restoreLesson, { ...journal, date: '2026-11-17', number: 5 }),
  step('deputy', changeRoom, { ...journal, date: '2026-11-17', number: 5, room: '305' }),
  step('mathematician', openPage, { ...journal, period: 'q2', grading: 'g10' }),
  step('deputy', changeGrading, { page: PAGE, grading: 'g5' }),
  step('mathematician', recordLesson, { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень' }),
  step(
    'mathematician',
    correctLesson,
    { ...here, expectedVersion: 2, topic: 'Степень числа', material: 'Свойства', ...why },
    2,
  ),
  step('mathematician', takeAttendance, { ...here, absentees: [{ pupil: BORIS, code: 'Н' }] }, 1, 2),
  step('english', changeAbsenceCode, { ...here, pupil: BORIS, code: 'Н/б', expectedVersion: 5, ...why }),
  marks,
  step('mathematician', correctMark, {
    page: PAGE,
    entry: madeBy(marks, `mark ${ANNA}`),
    value: 5,
    expectedVersion: 8,
    ...why,
  }),
  step('deputy', withdrawMark, {
    page: PAGE,
    entry: madeBy(marks, `mark ${BORIS}`),
    expectedVersion: 9,
    ...why,
  }),
  step('mathematician', setHomework, { ...here, text: 'Стр. 45, № 340' }),
  step('deputy', correctHomework, { ...here, text: 'Стр. 46, № 350', expectedVersion: 12, ...why }),
  step('mathematician', declineHomework, { ...here, expectedVersion: 13, ...why }),
  comment,
  step('mathematician', correctComment, {
    page: PAGE,
    comment: madeBy(comment, 'comment'),
    expectedVersion: 15,
    text: 'Урок в кабинете 306',
  }),
  // The first quarter is over: its page was opened late, and is closed.
  step('mathematician', openPage, { ...journal, period: Q1 }),
  step(
    'mathematician',
    recordFinals,
    {
      ...ended,
      finals: [
        { pupil: ANNA, value: 4 },
        { pupil: BORIS, value: 'н/а' },
      ],
    },
    2,
  ),
  step('deputy', correctFinal, { ...ended, pupil: ANNA, value: 5, expectedVersion: 1, ...why }),
  step('mathematician', withdrawFinal, { ...ended, pupil: BORIS, expectedVersion: 2, ...why }),
  step('deputy', postponeFinal, {
    ...ended,
    pupil: BORIS,
    until: '2026-11-20',
    reason: 'illness',
    order: ORDER,
  }),
  step('mathematician', closePage, ended),
  step('head', reopenPage, {
    ...ended,
    pupils: [BORIS],
    until: '2026-11-20T11:00:00.000Z',
    ...why,
    order: ORDER,
  }),
  step('administrator', issueActivationCode, { account, reason: 'lost' }),
  step('administrator', reportLostCredentials, { account, reason: 'lost' }),
  step('administrator', replaceLogInName, { account, login: CREDENTIALS.login }),
  step('administrator', endRole, { account, role: 'deputy', from: '2026-11-10' }),
  step('administrator', blockAccount, { account, reason: 'misuse' }),
  step('administrator', unblockAccount, { account, reason: 'checked' }),
  linked,
  step('administrator', unlinkExternalIdentity, { account, identity: madeBy(linked, 'identity') }),
  step('administrator', disableAccount, { account, reason: 'opened-in-error' }),
  step('administrator', issueServiceToken, {
    token: SERVICE_TOKEN,
    system: 'АИС «Контингент»',
    sets: ['rosters'],
  }),
  step('administrator', revokeServiceToken, { token: SERVICE_TOKEN, reason: 'issued-in-error' }),
  step('deputy', acceptRules, { account: accountOf('deputy'), version: '2026-1' }),
  step('english', replacePassword, {
    account: accountOf('english'),
    old: PASSWORD,
    new: 'пятнадцать-ёжиков-в-тумане',
  }),
  step(
    'deputy',
    decidePromotion,
    { class: CLASS_7A, pupils: [ANNA, BORIS], decision: 'promoted', order: ORDER },
    2,
  ),
  step('deputy', removeFromClass, { class: CLASS_7A, pupil: BORIS, from: '2026-11-16' }),
  step('deputy', formClass, { class: CLASS_7B, year: YEAR, grade: 7, name: '7Б' }),
  step('deputy', openJournal, {
    year: YEAR,
    journal: OF_7B,
    subject: id('subject/algebra'),
    learners: { kind: 'class', class: CLASS_7B },
    name: 'Алгебра, 7Б',
  }),
  step('deputy', scheduleWeek, {
    year: YEAR,
    class: CLASS_7B,
    effectiveFrom: from,
    slots: [{ weekday: 1, number: 3, journal: OF_7B, room: '215' }],
  }),
  step('deputy', combineLessons, {
    ...together,
    journals: [ALGEBRA, OF_7B],
    teacher: MATHEMATICIAN,
  }),
  step('deputy', separateLessons, { ...together, journal: OF_7B }),
  step(
    'deputy',
    transferPupil,
    { pupil: ANNA, class: CLASS_7A, to: CLASS_7B, from: '2026-12-01', order: ORDER },
    3,
  ),
  step('deputy', registerRepresentative, {
    pupil: BORIS,
    representative: AUNT,
    name: NAMES.mother,
    kinship: 'guardian',
    from,
  }),
  step('deputy', endRepresentation, { pupil: BORIS, representative: AUNT, from: '2026-10-01' }),
  step('head', requestKeyDestruction, {
    person: AUNT,
    pupil: BORIS,
    purposes: ['identity', 'notes'],
    order: ORDER,
  }),
  step('archivist', confirmKeyDestruction, { person: AUNT }),
  step('head', cancelKeyDestruction, { person: AUNT }),
  step('deputy', releasePupil, { pupil: BORIS, from: '2026-12-01', reason: 'moved-away', order: ORDER }),
  step('deputy', endRepresentation, { pupil: ANNA, representative: MOTHER, from: '2026-12-01' }),
  step('deputy', hireStaff, { staff: STRANGER, name: NAMES.english, from }),
  step('deputy', releaseStaff, { staff: STRANGER, from: '2026-12-01' }),
]

import type { DomainEvent, EventType } from '#events/registry.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  date,
  ENGLISH_TEACHER,
  GROUP_ENGLISH,
  id,
  LESSON,
  lessonRecorded,
  MATHEMATICIAN,
  MONDAY,
  pageOpened,
  school,
  YEAR,
  Q1,
} from '#support/class-7a.ts'
import { lessonId, pageId, workId, PeriodId } from '#values/school.ts'
import { usualForm } from '#values/report-form.ts'
import { KindId } from '#values/policy.ts'
import { Instant, LocalTime } from '#values/time.ts'

type Of<Type extends EventType> = Extract<DomainEvent, { type: Type }>

const ofSchool = <Type extends EventType>(type: Type): Of<Type> =>
  school.find(({ event }) => event.type === type)!.event as Of<Type>

function withoutFinalCodes({ type, data }: Of<'PolicyAdopted'>): Of<'PolicyAdopted'> {
  const valueCodes = data.policy.valueCodes.filter((of) => of.kind !== 'final')
  const assessmentsInSummary = [KindId.parse('exam')]
  const journalTypes = [{ type: 'club', marks: false, summary: false } as const]
  const reportForms = [usualForm('missed-lessons')]
  return {
    type,
    data: {
      ...data,
      policy: {
        ...data.policy,
        valueCodes,
        journalTypes,
        assessmentsInSummary,
        classTeacherWrites: true,
        earlyFinals: false,
        reportForms,
      },
    },
  }
}

const planned = {
  lesson: LESSON,
  journal: ALGEBRA,
  classes: [CLASS_7A],
  date: MONDAY,
  number: 3,
}
const combination = {
  combination: id('combination/1'),
  date: MONDAY,
  number: 3,
  teacher: MATHEMATICIAN,
  lessons: [ALGEBRA, id('journal/7Б/algebra')].map((journal, i) => ({
    lesson: lessonId(journal, MONDAY, 3),
    journal,
    classes: [[CLASS_7A, CLASS_7B][i]!],
  })),
  order: null,
}
const kind = KindId.parse('test')
const reason = KindId.parse('typing-error')
const work = workId(LESSON, kind)
const entry = id('entry/anna')
const comment = id('comment/1')
const dueAt = Instant.parse('2026-11-16T16:59:59.000Z')
const homework = {
  text: '§ 14, № 317–320 (чётные); повторить «Свойства степени»',
  due: date('2026-11-11'),
  manner: 'письменно',
  attachments: [{ title: 'Карточка «Степень»', url: 'https://school.example/cards/14.pdf' }],
  minutes: 25,
}

const PAGE = pageId(id('journal/7А/algebra'), PeriodId.parse('q2'))
const INCIDENT = id('incident/1')
const TICKET = id('ticket/1')
const CONTACT = id('contact/1')
const MESSAGE = id('message/1')
const PARENT = id('person/mother-of-anna')
const listed = (operation: string, rev: number) => [
  { stream: `tomsk35.journalPage-${PAGE}`, head: 44, operations: [{ id: id(operation), rev, cause: null }] },
]

/** One event of every type as it is written today. A type that is not here does not compile. */
export const examples: { readonly [Type in EventType]: Of<Type> } = {
  SchoolYearOpened: ofSchool('SchoolYearOpened'),
  PeriodsPlanned: ofSchool('PeriodsPlanned'),
  PeriodMoved: {
    type: 'PeriodMoved',
    data: {
      period: PeriodId.parse('q2'),
      grades: [7],
      units: [],
      previous: { from: date('2026-11-02'), until: date('2026-12-29') },
      from: date('2026-11-05'),
      until: date('2026-12-29'),
    },
  },
  SchoolDayAdded: {
    type: 'SchoolDayAdded',
    data: { date: date('2026-11-14'), grades: [7], units: [CLASS_7A] },
  },
  SchoolWeekSet: {
    type: 'SchoolWeekSet',
    data: {
      effectiveFrom: date('2026-11-02'),
      grades: [7],
      units: [CLASS_7A],
      schoolDays: [1, 2, 3, 4, 5, 6],
    },
  },
  HolidaysPlanned: ofSchool('HolidaysPlanned'),
  BellsScheduled: ofSchool('BellsScheduled'),
  SectionDeclaredEmpty: { type: 'SectionDeclaredEmpty', data: { section: 'individual-plans' } },
  RoomAdded: { type: 'RoomAdded', data: { room: '214', purpose: 'Кабинет математики', seats: 30 } },
  RoomClosed: { type: 'RoomClosed', data: { room: '214', from: date('2027-06-01') } },
  // As this version was first written: the codes of finals came later, the shape stayed.
  PolicyAdopted: withoutFinalCodes(ofSchool('PolicyAdopted')),
  SubjectAdded: ofSchool('SubjectAdded'),
  CurriculumAdopted: {
    type: 'CurriculumAdopted',
    data: {
      curriculum: id('curriculum/10/profiles'),
      year: 2026,
      name: 'Учебный план технологического и естественно-научного профилей, 10 класс',
      for: {
        kind: 'profile',
        grade: 10,
        profiles: ['technological', 'natural-science'],
        classes: [id('class/10А')],
        groups: [id('group/10Б/technological')],
      },
      lines: [
        { subject: id('subject/algebra'), component: 'federal', weekly: 400 },
        { subject: id('subject/algebra'), component: 'school', weekly: 50 },
      ],
      effectiveFrom: date('2026-09-01'),
      until: null,
    },
  },
  PupilEnrolled: ofSchool('PupilEnrolled'),
  PupilReleased: {
    type: 'PupilReleased',
    data: {
      pupil: ANNA,
      from: date('2027-03-10'),
      reason: 'other-school',
      order: { number: '31-у', date: date('2027-03-09') },
    },
  },
  FormOfEducationSet: {
    type: 'FormOfEducationSet',
    data: {
      pupil: ANNA,
      form: 'family',
      from: date('2026-11-09'),
      order: { number: '115-у', date: date('2026-11-06') },
    },
  },
  FinalCredited: {
    type: 'FinalCredited',
    data: {
      pupil: ANNA,
      year: 2026,
      subject: id('subject/algebra'),
      period: PeriodId.parse('q1'),
      grading: 'g5',
      previous: null,
      value: 5,
      issuedBy: 'МАОУ СОШ № 5 г. Омска',
      document: { number: '41', date: date('2026-11-13') },
      extract: 'c3'.repeat(64),
    },
  },
  AttestationRecorded: {
    type: 'AttestationRecorded',
    data: {
      attestation: id('attestation/1'),
      pupil: ANNA,
      year: 2026,
      subject: id('subject/algebra'),
      stage: 'intermediate',
      date: date('2026-12-22'),
      commission: [MATHEMATICIAN, ENGLISH_TEACHER],
      protocol: { number: '3', date: date('2026-12-22') },
      value: 4,
      grading: 'g5',
    },
  },
  AttestationCorrected: {
    type: 'AttestationCorrected',
    data: {
      attestation: id('attestation/1'),
      pupil: ANNA,
      previous: 4,
      value: 5,
      note: 'Решение апелляционной комиссии',
    },
  },
  PersonNameCorrected: {
    type: 'PersonNameCorrected',
    data: { person: ANNA, reason: 'changed', document: { kind: 'name-change', date: date('2026-11-06') } },
  },
  RepresentativeNameCorrected: {
    type: 'RepresentativeNameCorrected',
    data: { pupil: ANNA, representative: id('person/mother'), reason: 'mistyped', document: null },
  },
  StaffHired: ofSchool('StaffHired'),
  StaffReleased: { type: 'StaffReleased', data: { staff: MATHEMATICIAN, from: date('2027-06-01') } },
  ClassFormed: ofSchool('ClassFormed'),
  PupilPlacedInClass: ofSchool('PupilPlacedInClass'),
  PupilRemovedFromClass: ofSchool('PupilRemovedFromClass'),
  ClassTeacherAppointed: ofSchool('ClassTeacherAppointed'),
  PilotDeclared: {
    type: 'PilotDeclared',
    data: {
      class: CLASS_7A,
      from: date('2026-09-01'),
      until: date('2027-01-11'),
      order: { number: '3-п', date: date('2026-08-28') },
    },
  },
  PilotEnded: {
    type: 'PilotEnded',
    data: { class: CLASS_7A, from: date('2026-09-01'), until: date('2026-11-02') },
  },
  PromotionDecided: {
    type: 'PromotionDecided',
    data: {
      class: CLASS_7A,
      pupil: BORIS,
      previous: 'promoted-conditionally',
      decision: 'promoted',
      order: { number: '12-у', date: date('2027-09-15') },
    },
  },
  GroupFormed: ofSchool('GroupFormed'),
  PupilJoinedGroup: ofSchool('PupilJoinedGroup'),
  PupilLeftGroup: {
    type: 'PupilLeftGroup',
    data: { group: GROUP_ENGLISH, pupil: ANNA, from: date('2027-01-11') },
  },
  JournalOpened: ofSchool('JournalOpened'),
  TeacherAssigned: ofSchool('TeacherAssigned'),
  TeacherReleased: {
    type: 'TeacherReleased',
    data: { journal: ALGEBRA, staff: MATHEMATICIAN, from: date('2027-01-11') },
  },
  TeachingLoadApproved: {
    type: 'TeachingLoadApproved',
    data: { through: 41, order: { number: '64', date: date('2026-08-31') } },
  },
  MovementApproved: {
    type: 'MovementApproved',
    data: { order: { number: '91-у', date: date('2026-11-16') }, through: 414 },
  },
  ServiceTokenApproved: { type: 'ServiceTokenApproved', data: { token: id('service-token') } },
  WeekScheduled: ofSchool('WeekScheduled'),
  PrintoutIssued: {
    type: 'PrintoutIssued',
    data: {
      printout: id('printout/1'),
      template: 'pupil-extract/1',
      of: { kind: 'pupil', pupil: ANNA },
      from: date('2026-11-02'),
      until: date('2026-12-29'),
      snapshot: 'pupil-extract.1.VFqkio9cXxSdVA0_OjpvAQ.2026-11-02.2026-12-29.-.316ac1b2041b1ea5',
      content: '316ac1b2041b1ea5375e4df272a427233d914188906cff9eb9ad5936ebe28c5a',
      digest: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      bytes: 49_899,
      recipient: id('person/mother-of-anna'),
    },
  },
  PrintoutCertified: {
    type: 'PrintoutCertified',
    data: {
      printout: id('printout/1'),
      digest: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    },
  },
  GroupWeekScheduled: {
    type: 'GroupWeekScheduled',
    data: {
      group: GROUP_ENGLISH,
      classes: [CLASS_7A],
      effectiveFrom: date('2026-09-01'),
      slots: [{ weekday: 4, number: 8, journal: id('journal/7А/english-1'), room: '311' }],
    },
  },
  TestPlanned: {
    type: 'TestPlanned',
    data: {
      test: id('test/algebra'),
      journal: ALGEBRA,
      subject: id('subject/algebra'),
      classes: [CLASS_7A],
      date: date('2026-11-11'),
      form: kind,
      topic: 'Степень с натуральным показателем',
      internalControl: true,
      overload: [{ class: CLASS_7A, tests: 2, limit: 1 }],
    },
  },
  TestMoved: {
    type: 'TestMoved',
    data: {
      test: id('test/algebra'),
      journal: ALGEBRA,
      subject: id('subject/algebra'),
      classes: [CLASS_7A],
      previous: date('2026-11-11'),
      date: date('2026-11-16'),
      note: 'в один день с диктантом',
      overload: [],
    },
  },
  TestCancelled: {
    type: 'TestCancelled',
    data: { test: id('test/algebra'), journal: ALGEBRA, date: date('2026-11-16'), note: null },
  },
  TopicPlanAdopted: {
    type: 'TopicPlanAdopted',
    data: {
      journal: ALGEBRA,
      year: 2026,
      version: 2,
      effectiveFrom: date('2026-11-09'),
      sections: [
        {
          title: 'Степень с натуральным показателем',
          items: [
            { number: 1, topic: 'Определение степени', hours: 2, kinds: [], plannedOn: date('2026-11-09') },
            { number: 2, topic: 'Контрольная работа № 3', hours: 1, kinds: [kind], plannedOn: null },
          ],
        },
        { title: null, items: [{ number: 3, topic: 'Повторение', hours: 4, kinds: [], plannedOn: null }] },
      ],
    },
  },
  TopicPlanApproved: { type: 'TopicPlanApproved', data: { journal: ALGEBRA, version: 2 } },
  SubstitutionOrdered: {
    type: 'SubstitutionOrdered',
    data: {
      ...planned,
      teachers: [MATHEMATICIAN],
      substitute: ENGLISH_TEACHER,
      previous: null,
      reason: 'Учитель на конференции',
      order: { number: '84-л', date: date('2026-11-06') },
    },
  },
  SubstitutionWithdrawn: {
    type: 'SubstitutionWithdrawn',
    data: { ...planned, substitute: ENGLISH_TEACHER, order: null },
  },
  LessonTransferred: {
    type: 'LessonTransferred',
    data: {
      ...planned,
      to: {
        lesson: lessonId(ALGEBRA, date('2026-11-10'), 6),
        date: date('2026-11-10'),
        number: 6,
        room: '214',
      },
      reason: 'Смотр строя и песни',
      order: null,
    },
  },
  LessonCancelled: {
    type: 'LessonCancelled',
    data: { ...planned, reason: 'Актированный день: −36 °C', order: { number: '9-о', date: MONDAY } },
  },
  LessonRestored: { type: 'LessonRestored', data: { ...planned, reason: null, order: null } },
  RoomChanged: { type: 'RoomChanged', data: { ...planned, previous: '214', room: '305' } },
  LessonsCombined: { type: 'LessonsCombined', data: combination },
  LessonsSeparated: { type: 'LessonsSeparated', data: combination },
  PageOpened: pageOpened.event as Of<'PageOpened'>,
  PageGradingChanged: { type: 'PageGradingChanged', data: { previous: 'g5', grading: 'pass' } },
  LessonRecorded: lessonRecorded.event as Of<'LessonRecorded'>,
  LessonCorrected: {
    type: 'LessonCorrected',
    data: {
      lesson: LESSON,
      field: 'topic',
      previous: 'Степень с натуральным показателем. Изучение нового материала',
      value: 'Степень с натуральным показателем: “закрепление” \\ повторение\u00A0🧮',
      reason,
      note: 'тема указана по уроку 4',
    },
  },
  AttendanceTaken: {
    type: 'AttendanceTaken',
    data: {
      lesson: LESSON,
      absentees: [
        { pupil: ANNA, code: 'Н/б' },
        { pupil: BORIS, code: 'Опз' },
      ],
      dueAt,
    },
  },
  AbsenceCodeCorrected: {
    type: 'AbsenceCodeCorrected',
    data: {
      document: { number: null, date: MONDAY },
      lesson: LESSON,
      pupil: ANNA,
      previous: 'Н',
      code: 'Н/у',
      reason,
      note: null,
    },
  },
  PracticeExempted: {
    type: 'PracticeExempted',
    data: {
      exemption: id('exemption/1'),
      pupil: ANNA,
      from: MONDAY,
      until: date('2026-11-20'),
      document: { number: '45/2026', date: date('2026-11-06') },
    },
  },
  PracticeExemptionWithdrawn: {
    type: 'PracticeExemptionWithdrawn',
    data: {
      exemption: id('exemption/1'),
      pupil: ANNA,
      from: MONDAY,
      until: date('2026-11-20'),
      reason,
      note: null,
    },
  },
  IndividualHomeworkSet: {
    type: 'IndividualHomeworkSet',
    data: { lesson: LESSON, pupils: [ANNA, BORIS], homework, dueAt },
  },
  IndividualHomeworkCorrected: {
    type: 'IndividualHomeworkCorrected',
    data: { lesson: LESSON, pupil: ANNA, previous: homework, homework: null, reason, note: null },
  },
  RemarkMade: {
    type: 'RemarkMade',
    data: {
      remark: id('remark/1'),
      kind: 'recommendation',
      pupil: ANNA,
      lesson: LESSON,
      date: MONDAY,
      text: 'Повторить таблицу квадратов',
    },
  },
  RemarkWithdrawn: {
    type: 'RemarkWithdrawn',
    data: {
      remark: id('remark/1'),
      pupil: ANNA,
      lesson: LESSON,
      text: 'Повторить таблицу квадратов',
      reason,
      note: null,
    },
  },
  EntryExplained: {
    type: 'EntryExplained',
    data: { lesson: LESSON, reason: KindId.parse('technical-failure'), note: 'Не было связи до вечера' },
  },
  WorkHeld: { type: 'WorkHeld', data: { work, lesson: LESSON, kind, weight: 2, test: id('test/1'), dueAt } },
  MarkRecorded: {
    type: 'MarkRecorded',
    data: { criteria: null, entry, work, lesson: LESSON, pupil: ANNA, value: 5, dueAt },
  },
  AssessmentHeld: {
    type: 'AssessmentHeld',
    data: {
      assessment: id('assessment/1'),
      date: MONDAY,
      kind: KindId.parse('exam'),
      name: 'Промежуточная аттестация по алгебре',
      resultsReceivedAt: Instant.parse('2026-11-10T03:00:00.000Z'),
    },
  },
  AssessmentResultsReceived: {
    type: 'AssessmentResultsReceived',
    data: {
      assessment: id('assessment/1'),
      receivedAt: Instant.parse('2026-11-10T03:00:00.000Z'),
      pupils: [ANNA],
      dueAt: Instant.parse('2026-11-11T03:00:00.000Z'),
    },
  },
  AssessmentResultsCorrected: {
    type: 'AssessmentResultsCorrected',
    data: {
      assessment: id('assessment/1'),
      receivedAt: Instant.parse('2026-11-10T03:00:00.000Z'),
      previous: [ANNA],
      pupils: [ANNA, BORIS],
      reason,
      note: 'протокол дослали',
    },
  },
  MissedTopicCredited: {
    type: 'MissedTopicCredited',
    data: {
      entry,
      work,
      lesson: LESSON,
      pupil: ANNA,
      value: 4,
      criteria: null,
      absence: 'Н/б',
      protocol: { number: '7', date: date('2026-11-18') },
      examiners: [MATHEMATICIAN, ENGLISH_TEACHER],
    },
  },
  MarkCorrected: {
    type: 'MarkCorrected',
    data: {
      criteria: null,
      entry,
      work,
      lesson: LESSON,
      pupil: ANNA,
      previous: 5,
      value: 4,
      reason,
      note: 'сверено с работой',
    },
  },
  MarkWithdrawn: {
    type: 'MarkWithdrawn',
    data: { entry, work, lesson: LESSON, pupil: ANNA, previous: 'Зач', reason, note: null },
  },
  HomeworkSet: { type: 'HomeworkSet', data: { lesson: LESSON, homework, dueAt } },
  HomeworkCorrected: {
    type: 'HomeworkCorrected',
    data: {
      lesson: LESSON,
      previous: homework,
      homework: {
        ...homework,
        text: '§ 14, упражнения 317–322',
        due: null,
        manner: null,
        attachments: [],
        minutes: null,
      },
      reason: null,
      note: null,
    },
  },
  HomeworkReviewed: {
    type: 'HomeworkReviewed',
    data: {
      lesson: LESSON,
      version: 16,
      verdict: 'unsuitable',
      aspects: ['volume'],
      text: 'На среду уже заданы две работы',
    },
  },
  HomeworkDeclined: {
    type: 'HomeworkDeclined',
    data: { lesson: LESSON, previous: null, dueAt, reason: null, note: null },
  },
  MarkDisputed: {
    type: 'MarkDisputed',
    data: {
      dispute: id('dispute'),
      entry,
      work: workId(LESSON, 'test'),
      lesson: LESSON,
      pupil: ANNA,
      value: 3,
      text: 'В тетради стоит 4, а в дневнике 3',
    },
  },
  DisputeRefused: {
    type: 'DisputeRefused',
    data: {
      dispute: id('dispute'),
      entry,
      work: workId(LESSON, 'test'),
      lesson: LESSON,
      pupil: ANNA,
      text: 'В тетради 4 за черновик, за чистовик 3',
    },
  },
  PaperDifferenceFound: {
    type: 'PaperDifferenceFound',
    data: {
      difference: id('difference'),
      what: 'mark',
      lesson: LESSON,
      pupil: ANNA,
      paper: '4',
      electronic: '3',
      foundOn: date('2026-11-09'),
    },
  },
  PaperDifferenceFixed: {
    type: 'PaperDifferenceFixed',
    data: { difference: id('difference'), what: 'mark', lesson: LESSON, pupil: ANNA, by: 'correction' },
  },
  PaperDifferenceExplained: {
    type: 'PaperDifferenceExplained',
    data: {
      difference: id('difference'),
      what: 'absence',
      lesson: LESSON,
      pupil: ANNA,
      text: 'На бумаге отмечена соседняя строка',
    },
  },
  DisputeUpheld: {
    type: 'DisputeUpheld',
    data: {
      dispute: id('dispute'),
      entry,
      work: workId(LESSON, 'test'),
      lesson: LESSON,
      pupil: ANNA,
      by: 'correction',
    },
  },
  CommentMade: {
    type: 'CommentMade',
    data: {
      comment,
      lesson: LESSON,
      on: { kind: 'mark', entry, pupil: ANNA },
      text: 'Решение верное,\nоформление — нет.',
    },
  },
  CommentCorrected: {
    type: 'CommentCorrected',
    data: { comment, lesson: LESSON, on: { kind: 'lesson' }, previous: 'было', text: 'стало' },
  },
  FinalMarkRecorded: {
    type: 'FinalMarkRecorded',
    data: {
      pupil: ANNA,
      kind: 'period',
      value: 5,
      opensAt: Instant.parse('2026-12-22T17:00:00.000Z'),
      dueAt: Instant.parse('2026-12-29T16:59:59.000Z'),
    },
  },
  FinalMarkCorrected: {
    type: 'FinalMarkCorrected',
    data: { pupil: ANNA, kind: 'period', previous: 'н/а', value: 3, reason, note: 'работы досданы' },
  },
  FinalMarkWithdrawn: {
    type: 'FinalMarkWithdrawn',
    data: { pupil: ANNA, kind: 'exam', previous: 4, reason, note: null },
  },
  FinalPostponed: {
    type: 'FinalPostponed',
    data: {
      pupil: BORIS,
      previous: null,
      until: date('2027-01-22'),
      reason: 'illness',
      order: { number: '141', date: date('2026-12-28') },
    },
  },
  PageClosed: {
    type: 'PageClosed',
    data: {
      postponed: [BORIS],
      excused: [work],
      carried: [workId(LESSON, KindId.parse('quiz'))],
      into: pageId(ALGEBRA, Q1),
    },
  },
  PageSigned: {
    type: 'PageSigned',
    data: {
      content: 2,
      digest: '0f'.repeat(32),
      method: 'certificate',
      checked: 'not-checked',
      revocation: 'not-checked',
      certificate: 'a1'.repeat(32),
      cms: 'MIIBAgYJKoZIhvcNAQcCoIH0',
      given: 'MIIHtQYJKoZIhvcNAQcCoIIHpjCC',
    },
  },
  PageReopened: {
    type: 'PageReopened',
    data: {
      pupils: [ANNA],
      until: Instant.parse('2027-01-15T11:00:00.000Z'),
      reason: KindId.parse('appeal'),
      note: 'решение комиссии',
      order: { number: '47', date: date('2027-01-13') },
    },
  },
  RepresentationEnded: {
    type: 'RepresentationEnded',
    data: { pupil: ANNA, representative: id('mother of anna'), from: date('2027-01-11') },
  },
  ConsentGiven: {
    type: 'ConsentGiven',
    data: {
      pupil: ANNA,
      representative: id('person/mother-of-anna'),
      form: 'written',
      date: date('2026-09-01'),
      scope: ['diary', 'messages'],
      notice: { version: '1 / 12/2026', date: date('2026-09-01') },
    },
  },
  ConsentRefused: {
    type: 'ConsentRefused',
    data: {
      pupil: ANNA,
      representative: id('person/father-of-anna'),
      form: 'electronic',
      date: date('2026-09-02'),
      notice: null,
    },
  },
  ConsentWithdrawn: {
    type: 'ConsentWithdrawn',
    data: {
      pupil: ANNA,
      representative: id('person/mother-of-anna'),
      form: 'electronic',
      date: date('2026-10-05'),
    },
  },
  RepresentativeRegistered: {
    type: 'RepresentativeRegistered',
    data: {
      pupil: ANNA,
      representative: id('person/mother-of-anna'),
      kinship: 'mother',
      from: date('2026-09-01'),
    },
  },
  ExternalIdentityLinked: {
    type: 'ExternalIdentityLinked',
    data: {
      account: id('account/english'),
      identity: id('identity/english'),
      issuer: 'https://id.example.org',
    },
  },
  ExternalIdentityUnlinked: {
    type: 'ExternalIdentityUnlinked',
    data: { account: id('account/english'), identity: id('identity/english') },
  },
  ServiceTokenIssued: {
    type: 'ServiceTokenIssued',
    data: {
      token: id('service-token'),
      system: 'Региональная информационная система',
      sets: ['calendar', 'rosters'],
      expires: Instant.parse('2027-08-31T03:00:00.000Z'),
    },
  },
  PersonKeyDestructionRequested: {
    type: 'PersonKeyDestructionRequested',
    data: {
      person: ANNA,
      purposes: ['identity', 'notes'],
      order: { number: '179-а', date: date('2052-09-02') },
    },
  },
  PersonKeyDestructionConfirmed: {
    type: 'PersonKeyDestructionConfirmed',
    data: { person: ANNA, purposes: ['identity', 'notes'], destroyAt: dueAt },
  },
  PersonKeyDestructionCancelled: {
    type: 'PersonKeyDestructionCancelled',
    data: { person: ANNA, purposes: ['identity', 'notes'] },
  },
  PersonKeyDestroyed: {
    type: 'PersonKeyDestroyed',
    data: {
      person: ANNA,
      purposes: ['identity', 'notes'],
      keys: [id('key/anna/identity'), id('key/anna/notes')],
    },
  },
  ServiceTokenRevoked: {
    type: 'ServiceTokenRevoked',
    data: { token: id('service-token'), reason: 'agreement-ended' },
  },
  SchoolRegistered: { type: 'SchoolRegistered', data: { name: 'Гимназия № 1' } },
  RecordChecked: {
    type: 'RecordChecked',
    data: {
      date: date('2026-11-10'),
      records: 12_408,
      streams: 311,
      part: false,
      rows: 20_117,
      notCompared: ['school-plan'],
      fault: { kind: 'leaf-differs', stream: 'tomsk35.roster-main', revision: 41 },
      wholeLog: 'as-sealed',
      differing: 1,
      differences: [
        {
          readModel: 'class-journal',
          table: 'cell',
          stream: `tomsk35.journalPage-${PAGE}`,
          key: `{"lesson":"${LESSON}","pupil":"${ANNA}"}`,
          how: 'changed',
        },
      ],
    },
  },
  JournalInspected: {
    type: 'JournalInspected',
    data: {
      inspection: id('inspection/1'),
      of: { kind: 'journal', journal: ALGEBRA },
      date: MONDAY,
      purpose: 'Накопляемость отметок и запись тем',
    },
  },
  FindingMade: {
    type: 'FindingMade',
    data: {
      inspection: id('inspection/1'),
      finding: id('finding/1'),
      page: pageId(ALGEBRA, Q1),
      lesson: LESSON,
      pupil: ANNA,
      text: 'За контрольную работу нет отметки',
      remedyBy: date('2026-11-13'),
    },
  },
  FindingAnswered: {
    type: 'FindingAnswered',
    data: { finding: id('finding/1'), pupil: ANNA, text: 'Работа переписана, отметка выставлена' },
  },
  FindingFixed: { type: 'FindingFixed', data: { finding: id('finding/1'), pupil: ANNA } },
  FindingReopened: {
    type: 'FindingReopened',
    data: {
      finding: id('finding/1'),
      pupil: ANNA,
      text: 'Отметка стоит не за ту работу',
      remedyBy: date('2026-11-16'),
    },
  },
  ReportReleased: {
    type: 'ReportReleased',
    data: {
      release: id('release/1'),
      report: 'attainment-of-pupils',
      class: CLASS_7A,
      pupil: null,
      period: Q1,
      from: null,
      until: null,
      asOf: Instant.parse('2026-11-09T03:50:00.000Z'),
      content: 'c'.repeat(64),
    },
  },
  ReleasedReportOpened: { type: 'ReleasedReportOpened', data: { release: id('release/1') } },
  PaperAbandoned: {
    type: 'PaperAbandoned',
    data: {
      decision: id('paper/1'),
      order: { number: '101-о', date: date('2026-11-09') },
      from: date('2026-11-16'),
      classes: [CLASS_7A],
      measured: {
        from: date('2026-10-10'),
        until: date('2026-11-08'),
        journals: 12,
        full: 12,
        lastBackup: Instant.parse('2026-11-08T19:00:00.000Z'),
        lastDrill: null,
        correctionControl: true,
      },
      accepted: ['drill'],
    },
  },
  PaperResumed: {
    type: 'PaperResumed',
    data: {
      decision: id('paper/1'),
      order: { number: '115-о', date: date('2026-12-01') },
      from: date('2026-12-07'),
    },
  },
  AuthorityReportReleased: {
    type: 'AuthorityReportReleased',
    data: {
      release: id('authority/1'),
      authority: 'Департамент общего образования Томской области',
      year: YEAR,
      period: Q1,
      fewest: 5,
      format: 'csv',
      digest: 'd'.repeat(64),
      bytes: 1_024,
    },
  },
  OperatorReadGranted: {
    type: 'OperatorReadGranted',
    data: {
      until: Instant.parse('2026-11-10T02:00:00.000Z'),
      text: 'Проверить строки страницы после сбоя диска',
    },
  },
  OperatorReadWithdrawn: { type: 'OperatorReadWithdrawn', data: { text: 'Проверка закончена' } },
  RightsEditionApplied: {
    type: 'RightsEditionApplied',
    data: {
      edition: 1,
      digest: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      from: Instant.parse('2026-11-09T02:00:00.000Z'),
      roles: ['head', 'teacher', 'class-teacher'],
      rows: [
        { operation: '4', name: 'Выставить текущую отметку', cells: '· W° ·', bySwitch: ['class-teacher'] },
      ],
    },
  },
  OutageRegistered: {
    type: 'OutageRegistered',
    data: {
      outage: id('outage'),
      from: Instant.parse('2026-11-09T02:00:00.000Z'),
      until: Instant.parse('2026-11-10T05:00:00.000Z'),
      text: 'Не было связи с сервером',
      order: { number: '91', date: date('2026-11-10') },
      measured: true,
      enterBy: date('2026-11-13'),
    },
  },
  OutageWithdrawn: {
    type: 'OutageWithdrawn',
    data: { outage: id('outage'), text: 'Связь была, не работал один кабинет' },
  },
  ProcessingAgreementRecorded: {
    type: 'ProcessingAgreementRecorded',
    data: { agreement: '77/2026 от 25.08.2026', from: date('2026-09-01') },
  },
  AccountOpened: {
    type: 'AccountOpened',
    data: { account: id('account/english'), person: ENGLISH_TEACHER },
  },
  RoleGranted: {
    type: 'RoleGranted',
    data: {
      account: id('account/english'),
      role: 'deputy',
      from: date('2026-09-01'),
      until: null,
      scope: { grades: [5, 6], subjects: null },
    },
  },
  RoleEnded: {
    type: 'RoleEnded',
    data: {
      account: id('account/english'),
      role: 'deputy',
      from: null,
      at: Instant.parse('2026-11-09T05:00:00.000Z'),
    },
  },
  ActivationCodeIssued: {
    type: 'ActivationCodeIssued',
    data: {
      account: id('account/english'),
      code: id('code/english'),
      expires: Instant.parse('2026-09-30T03:00:00.000Z'),
      reason: 'first',
    },
  },
  AccountActivated: {
    type: 'AccountActivated',
    data: { account: id('account/english'), code: id('code/english'), cred: 2 },
  },
  AccessApplicationReceived: {
    type: 'AccessApplicationReceived',
    data: { account: id('account/anna'), version: '2026-1', appliedOn: MONDAY },
  },
  RulesAccepted: {
    type: 'RulesAccepted',
    data: { account: id('account/english'), version: '2026-1' },
  },
  PasswordReplaced: { type: 'PasswordReplaced', data: { account: id('account/english') } },
  LogInNameReplaced: { type: 'LogInNameReplaced', data: { account: id('account/english') } },
  CredentialsReportedLost: {
    type: 'CredentialsReportedLost',
    data: { account: id('account/english'), reason: 'exposed' },
  },
  AccountBlocked: {
    type: 'AccountBlocked',
    data: { account: id('account/english'), reason: 'breach-suspected' },
  },
  AccountUnblocked: {
    type: 'AccountUnblocked',
    data: { account: id('account/english'), reason: 'checked', cred: 3 },
  },
  AccountDisabled: {
    type: 'AccountDisabled',
    data: { account: id('account/english'), reason: 'left-school' },
  },
  SnapshotSealed: {
    type: 'SnapshotSealed',
    data: {
      scope: { kind: 'class-year', class: CLASS_7A, year: YEAR },
      year: YEAR,
      contentDigest: 'a1'.repeat(64),
      streams: [
        {
          stream: `tomsk35.journalPage-${PAGE}`,
          revision: 214,
          head: 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=',
          records: 215,
          part: false,
        },
      ],
      voidSetDigest: 'b2'.repeat(32),
      foldVersion: 1,
      retainUntil: date('2033-01-01'),
      replaces: null,
    },
  },
  SnapshotIssued: {
    type: 'SnapshotIssued',
    data: {
      tagmanifestSha512: 'c3'.repeat(64),
      sha512: 'd4'.repeat(64),
      bytes: 1_482_113,
      checkpoint: 20_852,
    },
  },
  SnapshotSuperseded: { type: 'SnapshotSuperseded', data: { by: id('package/7А/2') } },
  SnapshotVerified: {
    type: 'SnapshotVerified',
    data: { result: 'verified', detail: null, scheduled: true },
  },
  SnapshotSigned: {
    type: 'SnapshotSigned',
    data: {
      tagmanifestSha512: 'c3'.repeat(64),
      checked: 'verified',
      revocation: 'not-checked',
      certificate: '5d'.repeat(32),
      cms: 'MIIBkwYJKoZIhvcNAQcCoIIBhDCCAYACAQExDTALBglghkgBZQMEAgE=',
    },
  },
  SnapshotAccepted: { type: 'SnapshotAccepted', data: { act: '14-а' } },
  DestructionApproved: {
    type: 'DestructionApproved',
    data: { order: { number: '3-а', date: date('2033-01-14') } },
  },
  SnapshotDestroyed: {
    type: 'SnapshotDestroyed',
    data: { act: '2', date: date('2033-01-20'), text: null },
  },
  PrintSetRegistered: {
    type: 'PrintSetRegistered',
    data: {
      year: YEAR,
      printed: date('2027-06-21'),
      volumes: 12,
      sheets: 1_460,
      packages: [id('package/7А')],
      signedBy: id('staff/head'),
      order: { number: '71', date: date('2027-06-18') },
    },
  },
  BreachReported: {
    type: 'BreachReported',
    data: {
      incident: INCIDENT,
      account: id('account/mathematician'),
      credEpoch: 2,
      learnedAt: Instant.parse('2026-11-10T11:40:00.000Z'),
      compromisedFrom: Instant.parse('2026-11-09T10:00:00.000Z'),
      dueAt: Instant.parse('2026-11-11T16:59:59.000Z'),
      text: 'Пароль подсмотрен на уроке',
    },
  },
  BreachReceiptRecorded: {
    type: 'BreachReceiptRecorded',
    data: {
      incident: INCIDENT,
      by: 'support',
      person: id('staff/administrator'),
      receivedAt: Instant.parse('2026-11-11T01:30:00.000Z'),
    },
  },
  BreachWithdrawn: {
    type: 'BreachWithdrawn',
    data: {
      incident: INCIDENT,
      account: id('account/mathematician'),
      text: 'Телефон нашёлся, им никто не пользовался',
    },
  },
  CompromiseDeclared: {
    type: 'CompromiseDeclared',
    data: {
      incident: INCIDENT,
      account: id('account/mathematician'),
      credEpoch: 2,
      compromisedFrom: Instant.parse('2026-11-09T10:00:00.000Z'),
      noticeReceivedAt: Instant.parse('2026-11-11T01:30:00.000Z'),
      receivedBy: 'support',
      basis: 'max',
    },
  },
  OperationsVoided: {
    type: 'OperationsVoided',
    data: { incident: INCIDENT, rule: 'v1', part: 1, parts: 1, count: 1, streams: listed('mark/void', 41) },
  },
  OperationsSuspected: {
    type: 'OperationsSuspected',
    data: {
      incident: INCIDENT,
      from: Instant.parse('2026-11-09T10:00:00.000Z'),
      until: Instant.parse('2026-11-11T01:30:00.000Z'),
      part: 1,
      parts: 1,
      count: 1,
      streams: listed('mark/suspect', 38),
    },
  },
  AccessRestored: {
    type: 'AccessRestored',
    data: {
      incident: INCIDENT,
      account: id('account/mathematician'),
      newCredEpoch: 3,
      order: { number: '131', date: date('2026-11-11') },
    },
  },
  SuspectOperationConfirmed: {
    type: 'SuspectOperationConfirmed',
    data: {
      incident: INCIDENT,
      operation: id('mark/suspect'),
      stream: `tomsk35.journalPage-${PAGE}`,
      rev: 38,
    },
  },
  SuspectOperationAnnulled: {
    type: 'SuspectOperationAnnulled',
    data: {
      incident: INCIDENT,
      operation: id('mark/suspect'),
      stream: `tomsk35.journalPage-${PAGE}`,
      rev: 38,
      order: { number: '132', date: date('2026-11-12') },
      text: 'Отметка завышена посторонним',
    },
  },
  SupportHoursSet: {
    type: 'SupportHoursSet',
    data: {
      effectiveFrom: date('2026-09-01'),
      channel: '8 (3822) 00-00-00, кабинет 105',
      hours: [{ weekday: 1, from: LocalTime.parse('08:30'), until: LocalTime.parse('17:00') }],
      answerMinutes: 240,
    },
  },
  ContactGiven: {
    type: 'ContactGiven',
    data: {
      contact: CONTACT,
      representative: PARENT,
      channel: 'email',
      form: 'notice',
      source: 'written',
      date: date('2026-11-06'),
      address: 'mother.of.anna@example.org',
    },
  },
  ContactConfirmed: {
    type: 'ContactConfirmed',
    data: { contact: CONTACT, representative: PARENT, by: 'document' },
  },
  ContactWithdrawn: {
    type: 'ContactWithdrawn',
    data: { contact: CONTACT, representative: PARENT, reason: 'replaced' },
  },
  MessageSent: {
    type: 'MessageSent',
    data: {
      message: MESSAGE,
      to: { kind: 'class', class: id('class/7А') },
      date: date('2026-11-09'),
      recipients: [{ representative: PARENT, pupils: [id('pupil/anna')] }],
      unreached: [id('pupil/boris')],
      subject: 'Родительское собрание',
      text: 'В четверг в 18:30, кабинет 214',
    },
  },
  MessageWithdrawn: {
    type: 'MessageWithdrawn',
    data: { message: MESSAGE, note: 'Отправлено не тому классу' },
  },
  DiarySubscriptionBegun: {
    type: 'DiarySubscriptionBegun',
    data: {
      representative: PARENT,
      pupil: ANNA,
      channel: 'paper',
      source: 'written',
      date: date('2026-11-06'),
    },
  },
  DiarySubscriptionEnded: {
    type: 'DiarySubscriptionEnded',
    data: { representative: PARENT, pupil: ANNA, channel: 'paper' },
  },
  DiaryNoticeIssued: {
    type: 'DiaryNoticeIssued',
    data: {
      message: id('notice/1'),
      representative: PARENT,
      pupil: ANNA,
      channel: 'sms',
      since: Instant.parse('2026-11-08T12:00:00.000Z'),
      until: Instant.parse('2026-11-09T12:00:00.000Z'),
    },
  },
  DiaryAcknowledged: {
    type: 'DiaryAcknowledged',
    data: {
      pupil: ANNA,
      representative: PARENT,
      week: date('2026-11-09'),
      item: null,
      seen: '5f'.repeat(32),
    },
  },
  MessageRead: { type: 'MessageRead', data: { message: MESSAGE, representative: PARENT } },
  MessageDeliveriesEnded: {
    type: 'MessageDeliveriesEnded',
    data: {
      message: MESSAGE,
      deliveries: [
        {
          delivery: id('delivery/1'),
          representative: PARENT,
          channel: 'email',
          outcome: 'refused',
          code: 550,
          attempts: 1,
        },
      ],
    },
  },
  TicketOpened: {
    type: 'TicketOpened',
    data: {
      ticket: TICKET,
      kind: 'export-failed',
      person: MATHEMATICIAN,
      request: 'req-1k',
      dueAt: Instant.parse('2026-11-12T16:59:59.000Z'),
      text: 'Пакет страницы не собирается: «не получилось»',
    },
  },
  TicketSupplemented: {
    type: 'TicketSupplemented',
    data: { ticket: TICKET, person: MATHEMATICIAN, text: 'Повторил вечером, то же самое' },
  },
  TicketAnswered: {
    type: 'TicketAnswered',
    data: { ticket: TICKET, person: MATHEMATICIAN, text: 'Передали оператору' },
  },
  TicketClosed: {
    type: 'TicketClosed',
    data: {
      ticket: TICKET,
      person: MATHEMATICIAN,
      outcome: 'delivered',
      delivery: {
        kind: 'package',
        package: id('package/delivered'),
        sha512: 'ab'.repeat(64),
        bytes: 204_800,
        records: 41,
        result: 'verified',
        origin: 'journal.school35.example/log',
        size: 1_204,
      },
      text: null,
    },
  },
}

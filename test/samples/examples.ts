import type { DomainEvent, EventType } from '#events/registry.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  date,
  ENGLISH_TEACHER,
  GROUP_ENGLISH,
  id,
  LESSON,
  lessonRecorded,
  MATHEMATICIAN,
  pageOpened,
  school,
} from '#support/class-7a.ts'
import { workId } from '#values/school.ts'
import { KindId } from '#values/policy.ts'
import { Instant } from '#values/time.ts'

type Of<Type extends EventType> = Extract<DomainEvent, { type: Type }>

const ofSchool = <Type extends EventType>(type: Type): Of<Type> =>
  school.find(({ event }) => event.type === type)!.event as Of<Type>

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
}

/** One event of every type as it is written today. A type that is not here does not compile. */
export const examples: { readonly [Type in EventType]: Of<Type> } = {
  SchoolYearOpened: ofSchool('SchoolYearOpened'),
  PeriodsPlanned: ofSchool('PeriodsPlanned'),
  HolidaysPlanned: ofSchool('HolidaysPlanned'),
  BellsScheduled: ofSchool('BellsScheduled'),
  PolicyAdopted: ofSchool('PolicyAdopted'),
  SubjectAdded: ofSchool('SubjectAdded'),
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
  StaffHired: ofSchool('StaffHired'),
  StaffReleased: { type: 'StaffReleased', data: { staff: MATHEMATICIAN, from: date('2027-06-01') } },
  ClassFormed: ofSchool('ClassFormed'),
  PupilPlacedInClass: ofSchool('PupilPlacedInClass'),
  PupilRemovedFromClass: ofSchool('PupilRemovedFromClass'),
  ClassTeacherAppointed: ofSchool('ClassTeacherAppointed'),
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
  WeekScheduled: ofSchool('WeekScheduled'),
  PageOpened: pageOpened.event as Of<'PageOpened'>,
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
    data: { lesson: LESSON, pupil: ANNA, previous: 'Н', code: 'Н/у', reason, note: null },
  },
  WorkHeld: { type: 'WorkHeld', data: { work, lesson: LESSON, kind, weight: 2, dueAt } },
  MarkRecorded: {
    type: 'MarkRecorded',
    data: { entry, work, lesson: LESSON, pupil: ANNA, value: 5, dueAt },
  },
  MarkCorrected: {
    type: 'MarkCorrected',
    data: {
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
      homework: { ...homework, text: '§ 14, упражнения 317–322', due: null, manner: null, attachments: [] },
      reason: null,
      note: null,
    },
  },
  HomeworkDeclined: {
    type: 'HomeworkDeclined',
    data: { lesson: LESSON, previous: null, dueAt, reason: null, note: null },
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
  RepresentationEnded: {
    type: 'RepresentationEnded',
    data: { pupil: ANNA, representative: id('mother of anna'), from: date('2027-01-11') },
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
  ServiceTokenRevoked: {
    type: 'ServiceTokenRevoked',
    data: { token: id('service-token'), reason: 'agreement-ended' },
  },
  SchoolRegistered: { type: 'SchoolRegistered', data: { name: 'Гимназия № 1' } },
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
    data: { account: id('account/english'), role: 'class-teacher', from: date('2026-09-01'), until: null },
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
}

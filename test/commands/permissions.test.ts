import { textsOn } from '#support/person-keys.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '#commands/catalogue.ts'
import { type Command, giversOf, type Places } from '#commands/command.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { isRefusal } from '#commands/refusal.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { type Database, openInMemory } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { type Role, ROLES } from '#values/role.ts'
import { Instant } from '#values/time.ts'
import { actor, id, MONDAY, YEAR } from '#support/class-7a.ts'
import { SCHOOL } from '#support/spec.ts'

const EVERYBODY: readonly Role[] = [
  'head',
  'deputy',
  'class-teacher',
  'teacher',
  'system-administrator',
  'parent',
  'pupil',
  'auditor',
  'archivist',
]

/**
 * Who may ask for what, written by hand from DOMAIN.md B.2 and not from the commands: `ZAV` is deputy, `KR`
 * class-teacher, `UP` teacher, `ADM` system-administrator. Own scope is a matter of the rules (`may`) and their specs.
 */
const MAY: Readonly<Record<string, readonly Role[]>> = {
  'open-account': ['system-administrator', 'operator'],
  'grant-role': ['system-administrator', 'operator'],
  'end-role': ['system-administrator', 'operator'],
  'receive-access-application': ['class-teacher', 'system-administrator', 'operator'],
  'issue-activation-code': ['class-teacher', 'system-administrator', 'operator'],
  // What concerns the own account; the administrator and the class teacher by the rules.
  'accept-rules': EVERYBODY,
  'replace-password': EVERYBODY,
  'replace-log-in-name': EVERYBODY,
  'report-lost-credentials': EVERYBODY,
  'block-account': ['system-administrator', 'operator'],
  'unblock-account': ['head', 'system-administrator', 'operator'],
  'disable-account': ['system-administrator', 'operator'],
  // Rows 38 to 41: everybody reports, head and support receive, the head decides.
  'report-breach': EVERYBODY,
  'receive-breach-as-head': ['head', 'deputy'],
  'receive-breach-as-support': ['system-administrator', 'operator'],
  'withdraw-breach': ['head', 'deputy'],
  'declare-compromise': ['head', 'deputy'],
  'confirm-suspect-operations': [
    'head',
    'deputy',
    'class-teacher',
    'teacher',
    'system-administrator',
    'parent',
    'pupil',
  ],
  'annul-suspect-operations': ['head', 'deputy'],
  'restore-access': ['head', 'deputy'],
  'send-message': ['head', 'deputy', 'class-teacher', 'teacher'],
  'withdraw-message': ['head', 'deputy', 'class-teacher', 'teacher'],
  'confirm-message-read': ['parent'],
  // An external system, where it was agreed, for a representative whom it names (R-7A.18b).
  'acknowledge-diary': ['parent', 'external-system'],
  'subscribe-to-diary': ['class-teacher', 'parent'],
  'unsubscribe-from-diary': ['class-teacher', 'parent'],
  'give-consent': ['class-teacher', 'parent'],
  'refuse-consent': ['class-teacher', 'parent'],
  'withdraw-consent': ['class-teacher', 'parent'],
  'give-contact': ['class-teacher', 'parent'],
  'confirm-contact': ['parent'],
  'confirm-written-contact': ['class-teacher'],
  'withdraw-contact': ['class-teacher', 'parent'],
  'set-support-hours': ['system-administrator'],
  'open-ticket': EVERYBODY,
  'add-to-ticket': EVERYBODY,
  'withdraw-ticket': EVERYBODY,
  'answer-ticket': ['system-administrator'],
  'close-ticket': ['system-administrator'],
  'link-external-identity': ['system-administrator'],
  'unlink-external-identity': ['system-administrator'],
  'issue-service-token': ['system-administrator'],
  'approve-service-token': ['head'],
  'revoke-service-token': ['system-administrator'],
  'request-key-destruction': ['archivist'],
  'confirm-key-destruction': ['head'],
  'cancel-key-destruction': ['head'],
  'open-school-year': ['deputy', 'system-administrator', 'operator'],
  'adopt-policy': ['deputy', 'system-administrator', 'operator'],
  'plan-periods': ['deputy', 'system-administrator'],
  'move-period': ['deputy', 'system-administrator'],
  'plan-holidays': ['deputy', 'system-administrator'],
  'add-school-day': ['deputy', 'system-administrator'],
  'set-school-week': ['deputy', 'system-administrator'],
  'schedule-bells': ['deputy', 'system-administrator'],
  'declare-empty-section': ['deputy', 'system-administrator'],
  'register-outage': ['head', 'deputy', 'system-administrator'],
  'withdraw-outage': ['head', 'deputy', 'system-administrator'],
  'resume-paper': ['head'],
  'grant-operator-read': ['head'],
  'withdraw-operator-read': ['head'],
  'declare-pilot': ['head', 'deputy'],
  'end-pilot': ['head', 'deputy'],
  'add-room': ['deputy', 'system-administrator'],
  'close-room': ['deputy', 'system-administrator'],
  'add-subject': ['deputy', 'system-administrator'],
  'hire-staff': ['deputy', 'system-administrator', 'operator'],
  'release-staff': ['deputy', 'system-administrator'],
  'enrol-pupil': ['deputy', 'system-administrator'],
  'register-representative': ['deputy', 'class-teacher', 'system-administrator'],
  'end-representation': ['deputy', 'class-teacher', 'system-administrator'],
  'correct-person-name': ['deputy', 'class-teacher', 'system-administrator'],
  'correct-representative-name': ['deputy', 'class-teacher', 'system-administrator'],
  'form-class': ['deputy', 'system-administrator'],
  'place-in-class': ['deputy', 'class-teacher', 'system-administrator'],
  'remove-from-class': ['deputy'],
  'transfer-pupil': ['deputy'],
  'release-pupil': ['deputy'],
  'decide-promotion': ['deputy'],
  'set-form-of-education': ['deputy'],
  'credit-finals': ['deputy'],
  'record-attestation': ['deputy'],
  'correct-attestation': ['deputy'],
  'appoint-class-teacher': ['deputy', 'system-administrator'],
  'form-group': ['deputy', 'class-teacher', 'system-administrator'],
  'join-group': ['deputy', 'class-teacher', 'system-administrator'],
  'leave-group': ['deputy', 'class-teacher', 'system-administrator'],
  'adopt-curriculum': ['deputy', 'system-administrator'],
  'open-journal': ['deputy', 'system-administrator'],
  'approve-teaching-load': ['head'],
  'approve-movement': ['head'],
  'assign-teacher': ['deputy', 'system-administrator'],
  'release-teacher': ['deputy', 'system-administrator'],
  'schedule-week': ['deputy', 'system-administrator'],
  'schedule-group-week': ['deputy', 'system-administrator'],
  'adopt-topic-plan': ['teacher', 'system-administrator'],
  'approve-topic-plan': ['deputy'],
  'plan-test': ['deputy', 'system-administrator'],
  'move-test': ['deputy', 'system-administrator'],
  'cancel-test': ['deputy', 'system-administrator'],
  // Rows 15: the head orders, the deputy writes; a substitute says so when he records the lesson.
  'order-substitution': ['head', 'deputy'],
  'withdraw-substitution': ['head', 'deputy'],
  'transfer-lesson': ['head', 'deputy'],
  'cancel-lessons': ['head', 'deputy'],
  'restore-lesson': ['head', 'deputy'],
  'change-room': ['head', 'deputy'],
  'combine-lessons': ['head', 'deputy'],
  'separate-lessons': ['head', 'deputy'],
  'open-page': ['deputy', 'teacher'],
  'change-grading': ['deputy'],
  'record-lesson': ['teacher'],
  'record-whole-lesson': ['teacher'],
  'correct-lesson': ['deputy', 'teacher'],
  'take-attendance': ['teacher'],
  'change-absence-code': ['deputy', 'class-teacher', 'teacher'],
  'record-marks': ['teacher'],
  'correct-mark': ['deputy', 'teacher'],
  'withdraw-mark': ['deputy', 'teacher'],
  // Row 6, «commission named»: the examiners are named, the teacher or the deputy enters it.
  'credit-missed-topic': ['deputy', 'teacher'],
  // R-F15 names the deputy, too: the results of exams come to the school.
  'record-assessment': ['deputy', 'teacher'],
  'add-assessment-marks': ['deputy', 'teacher'],
  'await-assessment-results': ['deputy', 'teacher'],
  'receive-assessment-results': ['deputy', 'teacher'],
  'correct-assessment-results': ['deputy', 'teacher'],
  'dispute-mark': ['class-teacher', 'parent', 'pupil'],
  'refuse-dispute': ['teacher'],
  'register-paper-difference': ['deputy', 'teacher'],
  'explain-paper-difference': ['deputy', 'teacher'],
  'record-inspection': ['head', 'deputy'],
  'answer-finding': ['class-teacher', 'teacher'],
  'close-finding': ['head', 'deputy'],
  'reopen-finding': ['head', 'deputy'],
  'open-released-report': ['class-teacher'],
  'set-homework': ['teacher'],
  'correct-homework': ['deputy', 'teacher'],
  'decline-homework': ['teacher'],
  // Whoever controls homework, and not whoever set it (row 29b).
  'review-homework': ['head', 'deputy'],
  'set-individual-homework': ['teacher'],
  'correct-individual-homework': ['deputy', 'teacher'],
  'add-remark': ['teacher'],
  'withdraw-remark': ['deputy', 'teacher'],
  'exempt-from-practice': ['deputy', 'class-teacher', 'teacher'],
  'withdraw-exemption': ['deputy', 'class-teacher', 'teacher'],
  'add-comment': ['teacher'],
  'correct-comment': ['teacher'],
  'record-finals': ['teacher'],
  'correct-final': ['deputy', 'teacher'],
  'withdraw-final': ['deputy', 'teacher'],
  'postpone-final': ['head', 'deputy'],
  'close-page': ['head', 'deputy', 'teacher'],
  'reopen-page': ['head', 'deputy'],
  'accept-package': ['archivist'],
  'sign-package': ['head', 'archivist'],
  // The head approves, the archivist carries out.
  'approve-destruction': ['head'],
  'destroy-package': ['archivist'],
  'register-print-set': ['head'],
  'sign-page': ['head', 'deputy', 'teacher'],
}

/** What an archivist does with packages is no record of a journal. */
const ofArchive = new Set<string>([
  'accept-package',
  'sign-package',
  'destroy-package',
  'request-key-destruction',
])

/** What is about one's own account is nobody's record. */
const own = (command: Command): boolean => command.asOneself === true

const NOW = Instant.parse('2026-11-09T03:00:00.000Z')

/** Commands of a journal page: what they write is a pedagogical record. */
const ON_PAGE = COMMANDS.filter((command: Command) => command.path.startsWith('pages/')).map(
  ({ name }) => name,
)

describe('the right to give a command', () => {
  let database: Database
  let log: PostgresLog
  let execution: Execution

  beforeAll(async () => {
    database = await openInMemory()
    await migrate(database.kysely)
    log = await PostgresLog.open(database.kysely)
    const streams = new FoldedStreams(log, NOTHING_VOID)
    execution = {
      store: log,
      streams,
      places: UNREACHED,
      texts: textsOn(database.kysely),
      clock: () => NOW,
      accountsWith: () => Promise.resolve([]),
    }
  })
  afterAll(async () => {
    await log.close()
    await database.close()
  })

  /**
   * Whether the service lets a role come to the rule of a command. The revision that the client insists on is one
   * that no stream has, so that no rule is reached and nothing is ever recorded.
   */
  async function lets(command: Command, role: Role): Promise<boolean> {
    const input = { page: id('page'), journal: id('journal'), period: 'q1', pupil: id('pupil'), year: YEAR }
    const lists = {
      journals: [],
      lessons: [],
      classes: [],
      grades: [],
      units: [],
      periods: [],
      also: [],
      finals: [],
      findings: [],
    }
    const asked = {
      school: SCHOOL,
      actor: actor(role, id(`person ${role}`)),
      id: id(`${command.name} by ${role}`),
      input: {
        ...input,
        ...lists,
        from: MONDAY,
        learnedAt: NOW,
        receivedAt: NOW,
        incident: id('incident'),
        operations: [id('operation')],
        date: MONDAY,
        to: { date: MONDAY },
        account: id('account'),
        class: id('class'),
        group: id('group'),
      },
      ifRevision: 99n,
    }
    const answer = await execute(execution, command, asked)
    if (!isRefusal(answer)) return expect.fail(`${command.name} was carried out`)
    if (answer.refused === 'role-not-permitted') {
      expect(answer.detail).toEqual({ role, permitted: giversOf(command) })
      return false
    }
    return true
  }

  it.each(COMMANDS.map((command: Command) => [command.name, command] as const))(
    'to %s is held by the roles of the matrix and by no other',
    async (name, command) => {
      const permitted: Role[] = []
      for (const role of ROLES) if (await lets(command, role)) permitted.push(role)
      expect(permitted.toSorted()).toEqual(MAY[name]?.toSorted())
    },
  )

  it('is asked about for every command of the catalogue, and each stands there once', () => {
    expect(COMMANDS.map(({ name }) => name).toSorted()).toEqual(Object.keys(MAY).toSorted())
  })

  const denied = async (role: Role, names: readonly string[]) => {
    for (const command of COMMANDS) {
      if (names.includes(command.name)) {
        expect(await lets(command, role), `${command.name} by ${role}`).toBe(false)
      }
    }
  }
  /** What rests on a paper that the school has: a protocol (row 6), the results of an exam (R-F15), a certificate (row 3). */
  const byPaper = new Set([
    'credit-missed-topic',
    'record-assessment',
    'add-assessment-marks',
    'await-assessment-results',
    'receive-assessment-results',
    'exempt-from-practice',
  ])
  const primary = ON_PAGE.filter(
    (name) =>
      !byPaper.has(name) &&
      !/^(correct|withdraw|change|postpone|close|reopen|dispute|refuse|sign|register|explain|review)-/.test(
        name,
      ),
  )
  const corrections = new Set([
    'correct-lesson',
    'change-absence-code',
    'correct-mark',
    'withdraw-mark',
    'correct-assessment-results',
    'correct-homework',
    'correct-final',
    'withdraw-final',
    'correct-individual-homework',
    'withdraw-remark',
    'withdraw-exemption',
  ])
  /** Comparing the journal with paper changes nothing in it (row 31a). */
  const comparisons = new Set([
    'register-paper-difference',
    'explain-paper-difference',
    // Nor does what a reviewer finds of homework (row 29b).
    'review-homework',
  ])
  /** What ends a period and what may still be written after it (rows 11 to 13). */
  const closings = new Set(['postpone-final', 'close-page', 'reopen-page', 'sign-page'])

  it('primary records are made by a teacher and by nobody else', async () => {
    expect(primary.toSorted()).toEqual([
      'add-comment',
      'add-remark',
      'decline-homework',
      'record-finals',
      'record-lesson',
      'record-marks',
      'record-whole-lesson',
      'set-homework',
      'set-individual-homework',
      'take-attendance',
    ])
    for (const role of ROLES) if (role !== 'teacher') await denied(role, primary)
  })

  it('lets a deputy write corrections on a page and what rests on a paper, end it and open it again, and nothing else', async () => {
    for (const command of COMMANDS as readonly Command[]) {
      // Which system a page is graded by is a rule of the school, not a value (row 21b).
      if (!ON_PAGE.includes(command.name) || command.operation === '21b') continue
      expect(await lets(command, 'deputy'), command.name).toBe(
        [corrections, byPaper, closings, comparisons].some((of) => of.has(command.name)),
      )
    }
  })

  it('lets the system administrator write no pedagogical value, and the head no record of a journal but its end', async () => {
    await denied('system-administrator', ['open-page', ...ON_PAGE])
    await denied('operator', ['open-page', ...ON_PAGE])
    await denied(
      'head',
      COMMANDS.filter(
        (command) =>
          // The archive holds what is closed; its packages are no records of a journal, and neither are messages.
          !own(command) &&
          ![
            '8',
            '15',
            '18b',
            '20a',
            '29b',
            '31',
            '33',
            '35b',
            '37a',
            '39',
            '40',
            '41',
            '41a',
            '42e',
            '45a',
            '46',
            '47',
            '47a',
          ].includes(command.operation) &&
          !closings.has(command.name),
      ).map(({ name }) => name),
    )
  })

  it.each(['auditor', 'archivist', 'parent', 'pupil', 'external-system'] as const)(
    'R-A3.4a: has no write for the %s',
    async (role) => {
      await denied(
        role,
        // What a family says of a mark changes none (row 28).
        COMMANDS.filter(
          (command) =>
            !own(command) &&
            command.operation !== '28' &&
            // Where a family is reached, what it has read and consents to is its own to say (rows 8a, 24, 25, 26 and 26b).
            !['8a', '24', '25', '26', '26b'].includes(command.operation) &&
            !(role === 'archivist' && ofArchive.has(command.name)),
        ).map(({ name }) => name),
      )
    },
  )

  it('R-2.4: lets the class teacher write no mark, attendance, topic or homework', async () => {
    const allowed = new Set<string>([
      'change-absence-code',
      'exempt-from-practice',
      'withdraw-exemption',
      'dispute-mark',
    ])
    await denied(
      'class-teacher',
      ['open-page', ...ON_PAGE].filter((name) => !allowed.has(name)),
    )
  })

  it('lets the operator do what a school without people needs, and nothing else', async () => {
    const first = new Set([
      'open-school-year',
      'adopt-policy',
      'open-account',
      'grant-role',
      'end-role',
      'hire-staff',
      // The operator's hand in an emergency, before anybody of the school can enter.
      'receive-access-application',
      'issue-activation-code',
      'block-account',
      'unblock-account',
      'disable-account',
      'receive-breach-as-support',
    ])
    for (const command of COMMANDS as readonly Command[]) {
      expect(await lets(command, 'operator'), command.name).toBe(first.has(command.name))
    }
  })
})

const unreached = (): never => expect.fail('a command was carried out')
const UNREACHED: Places = {
  persons: { keep: unreached, correct: unreached, takeBack: unreached },
  keys: { quarantine: unreached },
  credentials: {
    keep: unreached,
    rename: unreached,
    change: unreached,
    isPasswordOf: unreached,
    renew: unreached,
    issueCode: unreached,
    issueServiceToken: unreached,
    linkIdentity: unreached,
    unlinkIdentity: unreached,
  },
}

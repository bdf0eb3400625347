import { grantRole } from '#commands/access/grant-role.ts'
import { openAccount } from '#commands/access/open-account.ts'
import type { Actor, Command } from '#commands/command.ts'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { adoptCurriculum } from '#commands/curriculum/adopt-curriculum.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { addRoom } from '#commands/premises/add-room.ts'
import { declareEmptySection } from '#commands/school-year/declare-empty-section.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import type { ReferenceName } from '#commands/references.ts'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { openSchoolYear } from '#commands/school-year/open-school-year.ts'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import { approveTopicPlan } from '#commands/topic-plan/approve-topic-plan.ts'
import { type LocalDate, instantAt } from '#values/time.ts'
import type { z } from 'zod'
import { deputyOf, weekCommand } from './administration.ts'
import { HALF_YEAR_GRADES, QUARTER_GRADES, SCHOOL_DAYS, ZONE } from './calendar.ts'
import type { LogIn } from './log-ins.ts'
import type { Person } from './people.ts'
import { OPERATOR } from '../operator.ts'
import { planOf } from './plan.ts'
import { plannedLessons } from './lessons.ts'
import type { SchoolClass } from './parts.ts'
import { actorOf, type School } from './school.ts'
import { type SchoolCommand, schoolCommand } from './school-command.ts'
import { STAFF } from './staff.ts'
import { hoursOf, type Profile, SUBJECTS } from './subjects.ts'

/** One command after another, so many milliseconds apart. */
const PACE = 5_000

/**
 * What the administration does before 1 September: accounts, the year and its rules, people, classes, journals,
 * the teaching load and the timetable.
 */
export function setUpOf(
  school: School,
  staff: readonly Person[],
  logIns: readonly LogIn[],
  password: string,
): SchoolCommand[] {
  return new SetUp(school, staff, logIns, password).commands()
}

class SetUp {
  readonly #school: School
  readonly #staff: readonly Person[]
  readonly #logIns: readonly LogIn[]
  readonly #password: string
  readonly #commands: SchoolCommand[] = []
  readonly #hired: LocalDate
  readonly #begin: number

  constructor(school: School, staff: readonly Person[], logIns: readonly LogIn[], password: string) {
    this.#school = school
    this.#staff = staff
    this.#logIns = logIns
    this.#password = password
    this.#hired = `${school.calendar.year}-08-20` as LocalDate
    this.#begin = Date.parse(instantAt(this.#hired, '08:00', ZONE))
  }

  commands(): SchoolCommand[] {
    this.#operate()
    this.#arrangeYear()
    this.#enterPeople()
    this.#formClasses()
    this.#adoptCurricula()
    this.#openJournals()
    this.#openAccounts()
    this.#planTopics()
    this.#planTests()
    return this.#commands
  }

  #give<Input extends z.ZodObject, State, Needs extends ReferenceName>(
    actor: Actor,
    path: string,
    command: Command<Input, State, Needs>,
    input: z.input<Input>,
  ): void {
    const at = this.#begin + this.#commands.length * PACE
    const id = this.#school.id(`command/year/${this.#school.calendar.year}/set-up/${command.name}/${path}`)
    this.#commands.push(schoolCommand(at, id, actor, command, input))
  }

  #giveAccount(actor: Actor, { login, account, person, roles }: LogIn): void {
    const from = this.#hired
    this.#give(actor, login, openAccount, { account, person, login, password: this.#password })
    for (const role of roles) this.#give(actor, `${login}/${role}`, grantRole, { account, role, from })
  }

  /** The operator lets in the deputy and the administrator, who do the rest. */
  #operate(): void {
    for (const { id, name } of this.#staff.filter((person) => this.#isFirst(person.id))) {
      this.#give(OPERATOR, id, hireStaff, { staff: id, name, from: this.#hired })
    }
    for (const logIn of this.#logIns.filter(({ person }) => this.#isFirst(person))) {
      this.#giveAccount(OPERATOR, logIn)
    }
  }

  #isFirst(person: Person['id']): boolean {
    return person === this.#school.id(STAFF.deputy) || person === this.#school.id(STAFF.admin)
  }

  #arrangeYear(): void {
    const deputy = deputyOf(this.#school)
    const { year, from, until, quarters, halfYears, holidays, bells } = this.#school.calendar
    this.#give(deputy, 'year', openSchoolYear, { year, from, until, zone: ZONE, schoolDays: SCHOOL_DAYS })
    this.#give(deputy, 'policy', adoptPolicy, { effectiveFrom: from })
    const planned = [
      { structure: 'quarters' as const, grades: QUARTER_GRADES, periods: [...quarters] },
      { structure: 'half-years' as const, grades: HALF_YEAR_GRADES, periods: [...halfYears] },
    ]
    for (const periods of planned) this.#give(deputy, periods.structure, planPeriods, { year, ...periods })
    this.#give(deputy, 'holidays', planHolidays, { year, holidays: [...holidays] })
    for (const [i, { shift, effectiveFrom, grades, bells: ring }] of bells.entries()) {
      const schedule = { year, shift, effectiveFrom, grades: [...grades], bells: [...ring] }
      this.#give(deputy, String(i), scheduleBells, schedule)
    }
    for (const room of new Set(this.#school.teachers.map(({ post }) => post.room))) {
      this.#give(deputy, room, addRoom, { room })
    }
    if (this.#school.shape.individualPlans === 0)
      this.#give(deputy, 'individual-plans', declareEmptySection, { year, section: 'individual-plans' })
    for (const { key, name, component } of new Set([
      ...SUBJECTS,
      ...this.#school.journals.map((j) => j.subject),
    ])) {
      this.#give(deputy, key, addSubject, { subject: this.#school.id(`subject/${key}`), name, component })
    }
  }

  #enterPeople(): void {
    const deputy = deputyOf(this.#school)
    const { from } = this.#school.calendar
    for (const { id, name } of this.#staff.filter((person) => !this.#isFirst(person.id))) {
      this.#give(deputy, id, hireStaff, { staff: id, name, from: this.#hired })
    }
    for (const { pupils } of this.#school.classes) {
      for (const { id, name } of pupils) this.#give(deputy, id, enrolPupil, { pupil: id, name, from })
      for (const { id: pupil, parents } of pupils) {
        for (const { id: representative, name, kinship } of parents) {
          const registered = { pupil, representative, name, kinship, from: this.#hired }
          this.#give(deputy, representative, registerRepresentative, registered)
        }
      }
    }
  }

  #formClasses(): void {
    const deputy = deputyOf(this.#school)
    const { year, from } = this.#school.calendar
    for (const { id, grade, name, pupils, teacher } of this.#school.classes) {
      this.#give(deputy, name, formClass, { class: id, year, grade, name })
      this.#give(deputy, name, placeInClass, { class: id, pupils: pupils.map(({ id }) => id), from })
      this.#give(deputy, name, appointClassTeacher, { class: id, staff: teacher.id, from })
    }
    for (const { id, kind, name, pupils, classes } of this.#school.groups) {
      const formed = { group: id, year, name, kind, classes: classes.map((of) => of.id) }
      this.#give(deputy, name, formGroup, formed)
      this.#give(deputy, name, joinGroup, { group: id, pupils: pupils.map(({ id }) => id), from })
    }
  }

  /** A curriculum for each grade and, in grades 10 and 11, each profile; and for each pupil with a plan of his own (G.3). */
  #adoptCurricula(): void {
    const deputy = deputyOf(this.#school)
    const { year, from } = this.#school.calendar
    const { classes, groups, journals } = this.#school
    for (const [name, of] of Map.groupBy(classes, ({ grade, profile }) => curriculumName(grade, profile))) {
      const { grade, profile } = of[0]!
      this.#give(deputy, name, adoptCurriculum, {
        year,
        curriculum: this.#school.id(
          `year/${year}/curriculum/${grade}${profile === 'humanities' ? '/humanities' : ''}`,
        ),
        name,
        for:
          profile === null
            ? { kind: 'grade', grade }
            : { kind: 'profile', grade, profiles: [profile], classes: of.map(({ id }) => id), groups: [] },
        lines: this.#linesOf(of[0]!),
        effectiveFrom: from,
      })
    }
    for (const group of groups.filter(({ kind }) => kind === 'individual-plan')) {
      const pupil = group.pupils[0]!.id
      const { subject } = journals.find((journal) => journal.group === group)!
      const own = { subject: this.#school.id(`subject/${subject.key}`), hours: 1 }
      this.#give(deputy, pupil, adoptCurriculum, {
        year,
        curriculum: this.#school.id(`year/${year}/curriculum/pupil/${pupil}`),
        name: group.name,
        for: { kind: 'pupil', pupil },
        lines: [...this.#linesOf(group.classes[0]!), own],
        effectiveFrom: from,
      })
    }
  }

  #linesOf(of: SchoolClass) {
    return SUBJECTS.flatMap((subject) => {
      const [first, second] = hoursOf(subject, of)
      const hours = (first + second) / 2
      return hours === 0 ? [] : [{ subject: this.#school.id(`subject/${subject.key}`), hours }]
    })
  }

  #openJournals(): void {
    const deputy = deputyOf(this.#school)
    const { year, from } = this.#school.calendar
    for (const { id: journal, path, name, type, subject, class: of, group, graded } of this.#school
      .journals) {
      const learners =
        group === null
          ? { kind: 'class' as const, class: of.id }
          : { kind: 'group' as const, group: group.id }
      const grading = graded ? ('g5' as const) : ('none' as const)
      const opened = { subject: this.#school.id(`subject/${subject.key}`), learners, grading, name }
      this.#give(deputy, path, openJournal, { year, journal, type, ...opened })
    }
    for (const { id: journal, path, teacher } of this.#school.journals) {
      this.#give(deputy, path, assignTeacher, { year, journal, staff: teacher.id, from })
    }
    for (const of of this.#school.classes) {
      const at = this.#begin + this.#commands.length * PACE
      this.#commands.push(weekCommand(this.#school, of, 0, from, at))
    }
  }

  #openAccounts(): void {
    const admin = actorOf(this.#school.accountOf(this.#school.id(STAFF.admin)), 'system-administrator')
    for (const logIn of this.#logIns.filter(({ person }) => !this.#isFirst(person))) {
      this.#giveAccount(admin, logIn)
    }
  }

  /** Every teacher writes the plan of each journal for the lessons of its year, and the deputy approves it (G.4). */
  #planTopics(): void {
    const deputy = deputyOf(this.#school)
    const { year, from } = this.#school.calendar
    const lessons = Map.groupBy(plannedLessons(this.#school), ({ journal }) => journal)
    for (const [journal, own] of lessons) {
      const items = planOf(journal, own.length).map(({ topic, block, written }, i) => ({
        block,
        topic,
        kinds: written === null ? [] : [written],
        plannedOn: own[i]!.date,
      }))
      const sections = [...Map.groupBy(items, ({ block }) => block)].map(([title, ofBlock]) => ({
        title,
        items: ofBlock.map(({ block: _block, ...item }) => item),
      }))
      const plan = { year, journal: journal.id }
      const teacher = actorOf(journal.teacher, 'teacher')
      this.#give(teacher, journal.path, adoptTopicPlan, { ...plan, effectiveFrom: from, sections })
      this.#give(deputy, journal.path, approveTopicPlan, { ...plan, version: 1 })
    }
  }

  /** The consolidated schedule: the lessons that are tests by the plan; the last one of a journal is one of the school. */
  #planTests(): void {
    const deputy = deputyOf(this.#school)
    const { year } = this.#school.calendar
    const lessons = Map.groupBy(plannedLessons(this.#school), ({ journal }) => journal)
    for (const [journal, own] of lessons) {
      const plan = planOf(journal, own.length)
      const tests = own.filter(({ index }) => plan[index]!.written === 'test')
      for (const lesson of tests) {
        const { date, index } = lesson
        this.#give(deputy, `${journal.path}/${date}`, planTest, {
          year,
          test: this.#school.id(`${journal.path}/test/${index}`),
          journal: journal.id,
          date,
          topic: plan[index]!.block,
          internalControl: lesson === tests.at(-1),
        })
      }
    }
  }
}

function curriculumName(grade: number, profile: Profile | null): string {
  if (profile === null) return `${grade} класс`
  return `${grade} класс, ${profile === 'humanities' ? 'гуманитарный' : 'технологический'} профиль`
}

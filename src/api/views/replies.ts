import { z } from 'zod'
import { FinalKind, RemarkKind } from '#events/journal-page.ts'
import { PromotionDecision } from '#events/roster.ts'
import { CriterionScore, GradingSystem, MarkValue } from '#values/grading.ts'
import { KindId } from '#values/policy.ts'
import { Role } from '#values/role.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { proposal } from './proposal.ts'

/** Any JSON. Not `z.json()`: it refers to itself in a way that the API document cannot follow. */
const Json = z.unknown().meta({ id: 'Json', description: 'Значение JSON' })

/** Stands beside a text that is null because the key of the person was destroyed. */
export const erased = {
  erased: z.literal(true).optional().describe('Текст стёрт вместе с ключом человека'),
}

/** What views answer, as the API document describes it; a test holds every answer against it. */

export const CommentReply = z
  .strictObject({
    comment: Uuid,
    text: z.string().nullable().describe('null — стёрт, рядом erased'),
    ...erased,
    author: Uuid.describe('Учётная запись автора'),
    at: Instant,
    version: z.int(),
    corrected: z.boolean(),
  })
  .meta({ id: 'Comment' })

const version = z.int().describe('Нужна исправлению как expectedVersion')
const lateBy = z.int().describe('На сколько секунд позже срока; 0 — вовремя')

export const AbsenceReply = z
  .strictObject({
    code: z.string().nullable().describe('null — был на уроке: прежний код снят исправлением'),
    version,
    corrected: z.boolean(),
  })
  .meta({ id: 'Absence' })

const mark = {
  entry: Uuid.describe('Отметка: по ней исправляют и отзывают'),
  work: Uuid,
  value: MarkValue,
  criteria: z.array(CriterionScore).nullable().describe('Баллы по критериям, если отметка выведена из них'),
  version,
  recordedAt: Instant,
  lateBy,
  corrected: z.boolean(),
  credit: z
    .strictObject({
      protocol: z.strictObject({ number: z.string(), date: LocalDate }),
      examiners: z.array(Uuid),
    })
    .nullable()
    .describe('Зачёт пропущенной темы: протокол и кто принимал; null — обычная отметка'),
  comments: z.array(CommentReply),
}
export const MarkReply = z.strictObject(mark).meta({ id: 'Mark' })
const DiaryMarkReply = z.strictObject({ ...mark, kind: KindId, weight: z.int() }).meta({ id: 'DiaryMark' })

export const DisputeReply = z
  .strictObject({
    dispute: Uuid,
    entry: Uuid,
    page: Uuid,
    journal: Uuid,
    period: PeriodId,
    lesson: Uuid,
    date: LocalDate.nullable(),
    number: z.int().nullable(),
    kind: z.string().nullable().describe('Вид работы'),
    pupil: Uuid,
    pupil_name: z.string(),
    value: MarkValue.describe('Отметка, какой она была при обращении'),
    text: z.string().nullable(),
    ...erased,
    filed_at: Instant,
    account: Uuid,
    author_name: z.string().nullable(),
    role: Role.describe('Классный руководитель говорит за семью'),
    state: z.enum(['open', 'refused', 'upheld']),
    answered_at: Instant.nullable(),
    answered_by: z.string().nullable(),
    answer: z.string().nullable().describe('Почему отметка осталась'),
    upheld_by: z.enum(['correction', 'withdrawal']).nullable(),
  })
  .meta({ id: 'Dispute', description: 'Обращение о неверной отметке' })

export const HomeworkReply = z
  .strictObject({
    content: z
      .strictObject({
        text: z.string(),
        due: LocalDate.nullable(),
        manner: z.string().nullable(),
        attachments: z.array(z.strictObject({ title: z.string(), url: z.string() })),
        minutes: z.int().nullable().describe('Сколько минут, по оценке учителя'),
      })
      .nullable()
      .describe('null — не задано'),
    version,
    recordedAt: Instant,
    lateBy,
    corrected: z.boolean(),
    comments: z.array(CommentReply),
  })
  .meta({ id: 'Homework' })

const lesson = {
  lesson: Uuid,
  date: LocalDate,
  number: z.int(),
  type: KindId,
  topic: z.string(),
  material: z.string().nullable(),
  teacher: Uuid,
  teacher_name: z.string(),
  homework: HomeworkReply.nullable().describe('null — не заполнено'),
  comments: z.array(CommentReply),
}

const finalMark = {
  pupil: Uuid,
  kind: FinalKind,
  value: MarkValue.describe('Отметка или код: осв, н/а, безотм'),
  version,
  recorded_at: Instant,
  early: z.boolean().describe('Раньше последней недели периода'),
  late_by: lateBy,
  corrected: z.boolean(),
  after_close: z.boolean().describe('Выставлена или исправлена после закрытия страницы'),
}
const inPeriod = { journal: Uuid, period: PeriodId }
export const FinalReply = z.strictObject({ ...inPeriod, ...finalMark }).meta({ id: 'Final' })

export const PostponementReply = z
  .strictObject({
    ...inPeriod,
    pupil: Uuid,
    until: LocalDate,
    resolved: z.boolean().describe('Итоговая отметка выставлена'),
    expired: z.boolean().describe('Срок прошёл, а отметки нет'),
  })
  .meta({ id: 'Postponement' })

export const ClosingReply = z
  .strictObject({
    closed_at: Instant.nullable().describe('null — страница не закрывалась'),
    locked: z.boolean().describe('Записи сейчас не принимаются, кроме отсроченных'),
    excused: z.array(Uuid).describe('Работы, оставленные без отметок при закрытии'),
    carried: z.array(Uuid).describe('Работы, перенесённые в следующий период'),
    carried_into: Uuid.nullable().describe('Страница этого периода'),
    reopened: z
      .array(z.strictObject({ pupils: z.array(Uuid).nullable(), until: Instant }))
      .describe('Открыта по приказу: кому и до какого мгновения'),
  })
  .meta({ id: 'Closing' })

export const ProposalsReply = z.strictObject({
  page: Uuid,
  kind: FinalKind,
  opens_at: Instant.describe('С этого мгновения итоговая отметка не ранняя'),
  due_at: Instant,
  pupils: z.array(
    z.strictObject({
      pupil: Uuid,
      name: z.string(),
      standing: z.strictObject({ value: MarkValue, version }).nullable(),
      ...proposal,
    }),
  ),
})

const decision = z
  .strictObject({
    decision: PromotionDecision,
    order_number: z.string(),
    order_date: LocalDate,
  })
  .nullable()
  .describe('Решение о переводе')

/** What stands in a summary beside the finals of journals: what was brought from elsewhere, and protocols (R-F16). */
const beside = {
  credited: z
    .array(
      z.strictObject({
        pupil: Uuid,
        year: SchoolYear,
        subject: Uuid,
        subject_name: z.string().nullable(),
        period: PeriodId,
        grading: GradingSystem,
        value: MarkValue,
        issued_by: z.string(),
        document_number: z.string(),
        document_date: LocalDate,
      }),
    )
    .describe('Итоговые отметки, с которыми обучающийся прибыл, с документом'),
  attestations: z
    .array(
      z.strictObject({
        attestation: Uuid,
        pupil: Uuid,
        year: SchoolYear,
        subject: Uuid,
        subject_name: z.string().nullable(),
        stage: z.enum(['intermediate', 'final']),
        date: LocalDate,
        commission: z.array(z.strictObject({ staff: Uuid, name: z.string() })),
        protocol_number: z.string(),
        protocol_date: LocalDate,
        grading: GradingSystem,
        value: MarkValue,
        corrected: z.boolean(),
      }),
    )
    .describe('Протоколы аттестации'),
  forms: z
    .array(
      z.strictObject({
        pupil: Uuid,
        from: LocalDate,
        form: z.enum(['full-time', 'part-time', 'family', 'self']),
        order_number: z.string(),
        order_date: LocalDate,
      }),
    )
    .describe('Формы получения образования с датами; о ком здесь нет, учится очно'),
}

export const SummaryReply = z.strictObject({
  unit: Uuid,
  kind: z.enum(['class', 'group']),
  group_kind: z.string().nullable(),
  name: z.string(),
  year: SchoolYear,
  periods: z.array(z.strictObject({ period: PeriodId, name: z.string(), from: LocalDate, until: LocalDate })),
  pupils: z.array(
    z.strictObject({
      pupil: Uuid,
      name: z.string(),
      spans: z.array(z.strictObject({ from: LocalDate, until: LocalDate.nullable() })),
      now: z.boolean(),
      decision,
    }),
  ),
  journals: z.array(
    z.strictObject({
      journal: Uuid,
      name: z.string(),
      subject: Uuid,
      subject_name: z.string().nullable(),
      unit: Uuid,
      unit_name: z.string().nullable(),
      type: z.string(),
      grading: GradingSystem,
      pages: z.array(z.strictObject({ page: Uuid, period: PeriodId, ...ClosingReply.shape })),
    }),
  ),
  finals: z.array(FinalReply),
  postponements: z.array(PostponementReply),
  assessments: z
    .array(
      z.strictObject({
        ...inPeriod,
        assessment: Uuid,
        date: LocalDate,
        kind: KindId,
        name: z.string(),
        pupil: Uuid,
        value: MarkValue,
      }),
    )
    .describe(
      'Результаты испытаний вне уроков тех видов, которые правила школы велят показывать в ведомости',
    ),
  missing: z
    .array(z.strictObject({ ...inPeriod, pupil: Uuid }))
    .describe('Период кончился, а у обучающегося нет ни отметки, ни кода, ни действующей отсрочки'),
  ...beside,
})

export const SummaryCheckReply = z.strictObject({
  unit: Uuid,
  pages: z.int().describe('Сколько страниц сверено'),
  behind: z.array(Uuid).describe('Страницы, до записей которых ведомость ещё не дошла'),
  differences: z
    .array(
      z.strictObject({
        ...inPeriod,
        what: z.enum(['final', 'postponement', 'closing']),
        pupil: Uuid.nullable(),
        kind: FinalKind.nullable(),
        journal_says: Json,
        summary_says: Json,
      }),
    )
    .describe('Расхождения журналов и ведомости; пусто — их нет'),
})

export const PupilFinalsReply = z.strictObject({
  pupil: Uuid,
  name: z.string(),
  year: SchoolYear,
  finals: z.array(z.strictObject({ ...FinalReply.shape, subject: z.string().nullable() })),
  postponements: z.array(PostponementReply),
  ...beside,
})

const individualHomework = z
  .strictObject({
    content: z.strictObject({
      text: z.string(),
      due: LocalDate.nullable(),
      manner: z.string().nullable(),
      attachments: z.array(z.strictObject({ title: z.string(), url: z.string() })),
      minutes: z.int().nullable().describe('Сколько минут, по оценке учителя'),
    }),
    version,
    recordedAt: Instant,
    lateBy,
    corrected: z.boolean(),
  })
  .nullable()
  .describe('Задание этому обучающемуся')

const remark = {
  remark: Uuid,
  kind: RemarkKind.describe('Замечание или рекомендация'),
  pupil: Uuid.nullable().describe('null — всем, кто учится по этому журналу'),
  lesson: Uuid.nullable(),
  date: LocalDate,
  text: z.string().nullable(),
  ...erased,
  author: Uuid.describe('Учётная запись автора'),
  at: Instant,
  version,
}

const assessment = {
  assessment: Uuid,
  date: LocalDate,
  name: z.string(),
  results_received_at: Instant.nullable().describe(
    'Когда школа получила результаты; null — они её собственные',
  ),
}
export const ExcusedReply = z
  .strictObject({
    lesson: Uuid,
    entry: z.enum(['lesson', 'attendance', 'homework', 'mark']),
    mark: Uuid.nullable(),
    outage: Uuid,
    reason: z.string().describe('Причина из справочника: технический сбой'),
    text: z.string().describe('Что не работало'),
  })
  .meta({ id: 'ExcusedEntry', description: 'Запись опоздала из-за зарегистрированного перерыва' })

export const GridReply = z.strictObject({
  page: z.strictObject({
    page: Uuid,
    journal: Uuid,
    year: SchoolYear,
    period: PeriodId,
    grading: GradingSystem,
    revision: z.int(),
    name: z.string().nullable(),
    subject: z.string().nullable(),
    learners: z.string().nullable().describe('Класс или группа'),
    from: LocalDate.nullable(),
    until: LocalDate.nullable(),
  }),
  pupils: z.array(
    z.strictObject({
      pupil: Uuid,
      name: z.string(),
      spans: z.array(z.strictObject({ from: LocalDate, until: LocalDate.nullable() })),
      now: z.boolean().describe('Учится здесь сегодня'),
    }),
  ),
  lessons: z.array(
    z.strictObject({
      ...lesson,
      page: Uuid.describe(
        'Страница, на которой урок записан: туда и пишут. После переноса границ периода может быть другой',
      ),
      scheduled: z.array(Uuid).describe('Кому урок дан по нагрузке'),
      substitution: z
        .enum(['ordered', 'at-entry'])
        .nullable()
        .describe('Проведён вместо них: по приказу или со слов заменяющего при записи'),
      combination: Uuid.nullable(),
      transferred_from: z.strictObject({ date: LocalDate, number: z.int() }).nullable(),
      plan: z
        .strictObject({
          version: z.int(),
          item: z.int().nullable().describe('Пункт КТП; null — тема вне плана'),
        })
        .nullable()
        .describe('null — у журнала плана не было'),
      version,
      recorded_at: Instant,
      late_by: lateBy,
      corrected: z.boolean(),
      attendance: z
        .strictObject({ takenAt: Instant, lateBy, version })
        .nullable()
        .describe('null — присутствие не отмечено'),
    }),
  ),
  assessments: z
    .array(
      z.strictObject({
        ...assessment,
        kind: KindId,
        recorded_at: Instant,
        receipts: z
          .array(z.strictObject({ receivedAt: Instant, dueAt: Instant, pupils: z.array(Uuid), version }))
          .describe('Когда и чьи результаты получены и до какого мгновения их вносят'),
      }),
    )
    .describe('Испытания вне уроков: свои столбцы; в works и cells они стоят на месте урока'),
  remarks: z.array(z.strictObject(remark)),
  exemptions: z
    .array(z.strictObject({ exemption: Uuid, pupil: Uuid, since: LocalDate, until: LocalDate, version }))
    .describe('Освобождения от практических занятий'),
  works: z.array(
    z.strictObject({
      work: Uuid,
      lesson: Uuid,
      kind: KindId,
      weight: z.int(),
      test: Uuid.nullable().describe('Работа внутришкольного контроля (ВШК) из сводного графика'),
      due_at: Instant,
    }),
  ),
  cells: z.array(
    z.strictObject({
      lesson: Uuid,
      pupil: Uuid,
      absence: AbsenceReply.nullable(),
      marks: z.array(MarkReply),
      homework: individualHomework,
      exempt: z.boolean().describe('осв: освобождён от практики в этот день'),
    }),
  ),
  excused: z.array(ExcusedReply).describe('Опоздавшие записи, которые учителю не засчитываются'),
  closing: ClosingReply,
  finals: z.array(FinalReply),
  postponements: z.array(PostponementReply),
})

export const DiaryReply = z.strictObject({
  pupil: Uuid,
  name: z.string(),
  from: LocalDate,
  until: LocalDate,
  lessons: z.array(
    z.strictObject({
      ...lesson,
      page: Uuid,
      journal: Uuid,
      subject: z.string().nullable(),
      substitution: z
        .enum(['ordered', 'at-entry'])
        .nullable()
        .describe('Проведён другим учителем: по приказу или со слов заменяющего'),
      transferred_from: z.strictObject({ date: LocalDate, number: z.int() }).nullable(),
      corrected: z.boolean(),
      absence: AbsenceReply.nullable(),
      exempt: z.boolean().describe('осв: освобождён от практики в этот день'),
      individual_homework: individualHomework,
      marks: z.array(DiaryMarkReply),
      disputes: z.array(DisputeReply).describe('Обращения об отметках этого урока, и снятых'),
    }),
  ),
  remarks: z
    .array(z.strictObject({ ...remark, journal: Uuid, subject: z.string().nullable() }))
    .describe('Замечания и рекомендации: этому обучающемуся и всем, с кем он учится'),
  assessments: z
    .array(
      z.strictObject({
        ...assessment,
        page: Uuid,
        journal: Uuid,
        subject: z.string().nullable(),
        marks: z.array(DiaryMarkReply),
      }),
    )
    .describe('Экзамены, проекты, итоговые работы вне уроков'),
})

export const AuditLineReply = z
  .strictObject({
    stream: z.string(),
    revision: z.int(),
    ordinal: z.int().describe('Запись о нескольких учениках имеет по строке на каждого'),
    event: Uuid,
    type: z.string(),
    at: Instant.describe('Время записи'),
    account: Uuid,
    author_name: z.string().nullable(),
    role: Role,
    command: Uuid,
    request: z.string().nullable().describe('Номер запроса в журнале обращений'),
    page: Uuid.nullable(),
    journal: Uuid.nullable(),
    period: PeriodId.nullable(),
    lesson: Uuid.nullable(),
    date: LocalDate.nullable().describe('Дата урока'),
    after_close: z.boolean().describe('Записано после закрытия страницы'),
    person: Uuid.nullable(),
    person_name: z.string().nullable(),
    mark: Uuid.nullable(),
    before: Json,
    after: Json,
    reason: z.string().nullable(),
    note: z.string().nullable(),
    ...erased,
    late_by: z.int().nullable(),
    effect: z
      .strictObject({
        state: z
          .enum(['void', 'annulled', 'confirmed', 'suspect'])
          .describe('недействительна (п. 4.4), аннулирована, подтверждена владельцем, под вопросом'),
        incident: Uuid,
        at: Instant.nullable().describe('Когда это решено'),
      })
      .nullable()
      .describe('Что сказано об операции из-за нарушения доступа; void и annulled показываются зачёркнутыми'),
  })
  .meta({ id: 'AuditLine' })

export const AuditLinesReply = z.strictObject({
  lines: z.array(AuditLineReply),
  next: z.string().nullable().describe('Курсор следующей страницы; null — это конец'),
})

const span = { from: LocalDate, until: LocalDate.nullable() }

export const JournalReply = z
  .strictObject({
    journal: Uuid,
    year: SchoolYear,
    subject: Uuid,
    subject_name: z.string().nullable(),
    unit: Uuid.describe('Класс или группа'),
    unit_name: z.string().nullable(),
    unit_kind: z.enum(['class', 'group']).nullable(),
    type: z.string(),
    grading: GradingSystem,
    name: z.string(),
    teachers: z.array(z.strictObject({ staff: Uuid, name: z.string(), ...span })),
  })
  .meta({ id: 'Journal' })

export const UnitReply = z
  .strictObject({
    unit: Uuid,
    kind: z.enum(['class', 'group']),
    year: SchoolYear,
    name: z.string(),
    grade: z.int().nullable(),
    group_kind: z.string().nullable().describe('У группы: вид'),
    classes: z.array(Uuid).describe('У группы: классы, из которых она набрана'),
    teachers: z.array(z.strictObject({ staff: Uuid, name: z.string(), from: LocalDate })),
  })
  .meta({ id: 'Unit' })

export const MovementReply = z
  .strictObject({
    revision: z.int(),
    pupil: Uuid,
    name: z.string(),
    kind: z.enum(['enrolled', 'placed', 'removed', 'released']),
    class: Uuid.nullable(),
    class_name: z.string().nullable(),
    from: LocalDate.describe('Первый день в силе'),
    order_number: z.string().nullable(),
    order_date: LocalDate.nullable(),
    reason: z.string().nullable().describe('Причина выбытия'),
  })
  .meta({ id: 'Movement' })

export const PageReply = z
  .strictObject({
    page: Uuid,
    stream: z.string(),
    journal: Uuid,
    year: SchoolYear,
    period: PeriodId,
    grading: GradingSystem,
    revision: z.int(),
  })
  .meta({ id: 'Page' })

export const LessonEntryReply = z
  .strictObject({
    lesson: Uuid,
    date: LocalDate,
    number: z.int(),
    journal: Uuid,
    name: z.string().nullable(),
    period: PeriodId,
    page: Uuid,
    room: z.string().nullable(),
    teachers: z.array(z.strictObject({ staff: Uuid, name: z.string() })).describe('Кто проводит урок'),
    substitution: z.boolean().describe('Проводит не учитель по нагрузке'),
    combination: Uuid.nullable().describe('Общая примета совмещённых уроков'),
    transferred_from: z
      .strictObject({ date: LocalDate, number: z.int() })
      .nullable()
      .describe('Место по расписанию, если урок перенесён'),
    recorded: z.boolean(),
    topic: z.string().nullable(),
    attendance: z.boolean(),
    homework: z.enum(['set', 'declined']).nullable(),
    marks: z.boolean(),
  })
  .meta({ id: 'LessonEntry' })

export const CalendarReply = z.strictObject({
  year: z.strictObject({
    year: SchoolYear,
    from: LocalDate,
    until: LocalDate,
    zone: z.string(),
    school_days: z.array(z.int()),
  }),
  periods: z.array(
    z.strictObject({
      period: PeriodId,
      name: z.string(),
      structure: z.string(),
      grades: z.array(z.int()),
      units: z
        .array(Uuid)
        .describe('Классы и группы, для которых это задано отдельно; пусто — для параллелей'),
      from: LocalDate,
      until: LocalDate,
    }),
  ),
  holidays: z.array(
    z.strictObject({
      name: z.string(),
      from: LocalDate,
      until: LocalDate,
      grades: z.array(z.int()).nullable(),
      units: z.array(Uuid).describe('Отдельные классы и группы; пусто — для параллелей или всей школы'),
    }),
  ),
  school_days: z
    .array(z.strictObject({ date: LocalDate, grades: z.array(z.int()).nullable(), units: z.array(Uuid) }))
    .describe('Учебные дни сверх недели и внутри каникул'),
  school_weeks: z
    .array(
      z.strictObject({
        effective_from: LocalDate,
        grades: z.array(z.int()),
        units: z.array(Uuid),
        school_days: z.array(z.int()),
      }),
    )
    .describe('Учебные дни недели там, где они не такие, как у года'),
  bells: z.array(
    z.strictObject({
      shift: z.string(),
      effective_from: LocalDate,
      grades: z.array(z.int()),
      units: z
        .array(Uuid)
        .describe('Классы и группы, для которых это задано отдельно; пусто — для параллелей'),
      bells: z.array(z.strictObject({ number: z.int(), from: z.string(), until: z.string() })),
    }),
  ),
})

export const RequestReply = z
  .strictObject({
    request: z.string(),
    at: Instant,
    school: z.string().nullable(),
    account: Uuid.nullable(),
    role: z.string().nullable(),
    method: z.string(),
    path: z.string(),
    operation: z.string(),
    command: Uuid.nullable(),
    address: z.string(),
    agent: z.string().nullable(),
    status: z.int(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'Request' })

const sides = <Value extends z.ZodType>(value: Value) => z.strictObject({ live: value, rebuilt: value })

export const RebuildReply = z
  .strictObject({
    id: Uuid,
    started: Instant,
    finished: Instant.nullable(),
    running: z.boolean(),
    events: z.int().describe('Сколько событий свёрнуто'),
    total: z.int().nullable().describe('Сколько их всего, насколько это известно'),
    rate: z.number().nullable().describe('Событий в секунду, пока идёт'),
    secondsLeft: z.int().nullable().describe('Сколько секунд осталось сворачивать, пока идёт'),
    problem: z.string().nullable().describe('Почему не удалась'),
    report: z
      .strictObject({
        id: Uuid,
        readModel: z.string(),
        school: z.string().nullable(),
        started: Instant,
        finished: Instant,
        events: z.int(),
        tables: z.array(
          z.strictObject({
            table: z.string(),
            rows: sides(z.int()),
            digest: sides(z.string()).describe('Отпечаток всех строк: у одинаковых строк одинаковый'),
            differing: z.int(),
            examples: z.array(z.strictObject({ side: z.enum(['live', 'rebuilt']), row: Json })),
          }),
        ),
      })
      .nullable(),
  })
  .meta({ id: 'Rebuild' })

/** The state of the backups of an installation (`src/api/backups.ts`). */
export const BackupStateReply = z.strictObject({
  running: z
    .strictObject({ started: Instant, done: z.number().describe('Доля сделанного, от 0 до 1') })
    .nullable(),
  lastGood: Instant.nullable().describe('Когда сделана последняя целая копия'),
  failure: z
    .strictObject({ at: Instant, problem: z.string() })
    .nullable()
    .describe('Последняя неудача, если после неё копия не удалась ни разу'),
  copies: z.array(
    z.strictObject({
      copy: z.int(),
      at: Instant.nullable(),
      events: z.int().nullable(),
      bytes: z.int().nullable(),
      encrypted: z.boolean().nullable(),
      problem: z.string().nullable().describe('Почему копия не годится'),
    }),
  ),
  lastDrill: z
    .strictObject({
      at: Instant,
      copy: z.int().nullable(),
      copyAt: Instant.nullable(),
      ok: z.boolean(),
      events: z.int(),
      seconds: z.number(),
      engine: z.string(),
      problem: z.string().nullable(),
    })
    .nullable()
    .describe('Последнее учебное восстановление'),
})

const Lines = z.int().min(1).describe('Строка файла, с 1')

export const ImportReply = z
  .strictObject({
    import: Uuid.describe('Оно же meta.corr каждого записанного события'),
    list: z.string(),
    state: z
      .enum(['running', 'finished', 'refused', 'failed', 'interrupted'])
      .describe('refused: в файле ошибки, ничего не записано; interrupted: процесс прервался, повторите'),
    began: z.string(),
    finished: z.string().nullable(),
    progress: z.strictObject({
      phase: z.enum(['deciding', 'recording']),
      done: z.int(),
      total: z.int(),
    }),
    problem: z
      .strictObject({
        reason: z.string(),
        title: z.string(),
        facts: z.record(z.string(), z.unknown()),
      })
      .nullable(),
    report: z
      .strictObject({
        import: Uuid,
        list: z.string(),
        dryRun: z.boolean(),
        partial: z.boolean(),
        encoding: z.string(),
        delimiter: z.string(),
        recorded: z.boolean().describe('Записано ли хоть что-то'),
        counts: z.strictObject({
          rows: z.int(),
          created: z.int().describe('Записано впервые'),
          changed: z.int().describe('Записано изменение'),
          there: z.int().describe('Так уже и было: ничего не записано'),
          partly: z.int().describe('Записана часть'),
          refused: z.int(),
        }),
        rows: z
          .array(
            z.strictObject({
              file: z.string().nullable().describe('Файл набора; null у одного файла'),
              line: Lines,
              outcome: z.enum(['created', 'changed', 'there', 'partly', 'refused']),
            }),
          )
          .readonly(),
        errors: z.array(
          z.strictObject({
            file: z.string().nullable(),
            line: Lines,
            column: z.int().nullable().describe('Столбец файла, с 1'),
            heading: z.string().nullable(),
            problem: z.string(),
            message: z.string(),
            facts: z.record(z.string(), z.unknown()),
          }),
        ),
        errorsLeftOff: z.int().describe('Сколько ошибок не показано'),
      })
      .nullable(),
  })
  .meta({ id: 'Import' })

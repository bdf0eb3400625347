import { type Role, ROLES } from './role.ts'
import { sha256 } from './sha256.ts'

/**
 * What a role may do in an operation, in the signs of the matrix:
 *
 * - `W` writes; `W°` writes within the own scope: own journals, own class, own child, own account;
 * - `A` decides, and the decision takes effect;
 * - `R` sees; `R°` sees within the own scope; `K` sees for control: reports and what is overdue;
 * - `·` nothing.
 *
 * What the own scope is on a date, the rules (`may`) and the views say: the table says who is let to them.
 */
export type Cell = 'W' | 'W°' | 'A' | 'R' | 'R°' | 'K' | '·'

/** What a cell says, for people. */
export const CELL_NAMES: Readonly<Record<Cell, string>> = {
  W: 'запись',
  'W°': 'запись в пределах своего',
  A: 'решение',
  R: 'просмотр',
  'R°': 'просмотр своего',
  K: 'контроль',
  '·': 'нет права',
}

/**
 * The matrix of rights: the only place where the service says which role may do what. Rows have the numbers of the
 * matrix of roles and operations by which the regulation was read; a letter behind the number is a part of a row whose
 * parts are not everybody's alike, and says why. Whoever may write or decide may also see. Rows that nothing in the
 * service carries out yet stand here as what will hold for them.
 *
 * The last column is the operator: the hand that sets up an installation before anybody has an account. An external
 * system has no column: what was agreed for its token says what it reads, and whether it acknowledges diaries for
 * representatives (row 45); it writes nothing else (R-A3.4a).
 */
const ROWS = [
  // DIR ZAV KR  UP  ADM ROD OBU AUD ARC OPR
  ['·   ·   ·   W°  ·   ·   ·   R   ·   ·', '1', 'Записать урок: дата, тема, пройденный материал'],
  // To open a page makes no record: it sets up the place for them, as the load and the timetable do.
  ['·   W   ·   W°  ·   ·   ·   R   ·   ·', '1a', 'Открыть страницу журнала на учебный период'],
  // The administration edits by correction only: what stood before and the reason are kept (R-7A.16b, R-F19).
  ['·   W   ·   W°  ·   ·   ·   R   ·   ·', '1b', 'Исправить запись урока с указанием причины'],
  ['·   ·   ·   W°  ·   ·   ·   R   ·   ·', '2', 'Отметить присутствие и отсутствие на уроке'],
  // The class teacher changes the reason of an absence alone; its fact is the teacher's.
  [
    '·   W   W°  W°  ·   ·   ·   R   ·   ·',
    '3',
    'Изменить код отсутствия: причина стала известна; освободить от практики',
  ],
  ['·   ·   ·   W°  ·   ·   ·   R   ·   ·', '4', 'Выставить текущую отметку'],
  ['·   W   ·   W°  ·   ·   ·   R   ·   ·', '4a', 'Исправить или отозвать отметку с указанием причины'],
  // Results of exams come to the school: who receives them enters them.
  ['·   W   ·   W°  ·   ·   ·   R   ·   ·', '4b', 'Внести результаты испытания вне урока'],
  ['·   ·   ·   W°  ·   ·   ·   R   ·   ·', '5', 'Выставить итоговую отметку'],
  ['·   W   ·   W°  ·   ·   ·   R   ·   ·', '5a', 'Исправить итоговую отметку с указанием причины'],
  ['·   W   ·   W°  ·   ·   ·   R   ·   ·', '6', 'Зачесть пропущенное по протоколу'],
  [
    '·   ·   ·   W°  ·   ·   ·   R   ·   ·',
    '7',
    'Задать домашнее задание, добавить комментарий, замечание, рекомендацию',
  ],
  ['·   W   ·   W°  ·   ·   ·   R   ·   ·', '7a', 'Исправить домашнее задание с указанием причины'],
  // Families read what was sent to them; whether a pupil or a parent may answer, the regulation leaves open.
  ['W   W   W°  W°  ·   R°  ·   R   ·   ·', '8', 'Сообщения родителям'],
  ['K   K   K   K   ·   W°  ·   R   ·   ·', '8a', 'Подтвердить прочтение сообщения'],
  // Only the service itself knows what became of a delivery.
  ['·   ·   ·   ·   ·   ·   ·   ·   ·   W', '8b', 'Записать, чем закончилась доставка сообщений'],
  // An archivist reads closed pages alone (ARC: R), and no view is cut to those yet.
  ['R   R   R°  R°  ·   ·   ·   R   ·   ·', '9', 'Читать страницы журнала'],
  ['R   R   R°  R°  ·   R°  R°  R   ·   ·', '10', 'Читать дневник'],
  ['A   A   ·   W°  ·   ·   ·   R   R   ·', '11', 'Закрыть период в журнале'],
  ['A   A   ·   ·   ·   ·   ·   R   R   ·', '12', 'Открыть закрытый период по приказу'],
  ['A   A   ·   ·   ·   ·   ·   R   ·   ·', '13', 'Отложить итоговую отметку'],
  ['·   W   ·   ·   ·   ·   ·   R   ·   ·', '14', 'Исправить в закрытом периоде'],
  // A teacher says when he records a lesson (row 1) that he gave it for another; families see what came of it (row 10).
  ['A   W   ·   ·   ·   ·   ·   R   ·   ·', '15', 'Замена, перенос, отмена и совмещение уроков'],
  // A teacher writes the plan, an administrator enters it for him (ADM: import); the deputy reads and approves it.
  ['R   R   ·   W°  W   ·   ·   R   ·   ·', '16', 'Составить календарно-тематический план'],
  ['R   A   ·   ·   ·   ·   ·   R   ·   ·', '16a', 'Утвердить календарно-тематический план'],
  // What was taught of it are records, which an administrator does not read.
  ['R   R   ·   R°  ·   ·   ·   R   ·   ·', '16b', 'Видеть план и что по нему проведено'],
  ['K   W   R°  R°  W   R°  R°  R   ·   ·', '17', 'Расписание, звонки, периоды, каникулы'],
  // The first year of a school is opened before anybody has an account.
  ['K   W   ·   ·   W   ·   ·   R   ·   W', '17a', 'Открыть учебный год'],
  // A report for whoever makes the timetable and answers for it, not for everybody whose it is.
  ['K   R   ·   ·   R   ·   ·   R   ·   ·', '17b', 'Накладки расписания'],
  // A family sees the tests of its child with the diary (row 10).
  ['K   R   R°  R°  R   ·   ·   R   ·   ·', '17c', 'Сводный график контрольных работ'],
  // What is still missing is told to those who answer for it.
  ['K   W   ·   ·   W   ·   ·   R   ·   ·', '17d', 'Готовность школы к учебному году'],
  ['R   W   R   R   W   ·   ·   R   ·   ·', '17e', 'Помещения школы'],
  // The head's approval of the load (DIR: A) is an act of its own: 18b.
  ['R   W   ·   R°  W   ·   ·   R   ·   ·', '18', 'Предметы, нагрузка, классное руководство'],
  // A class teacher reads every journal of the class (row 9), and has to find them.
  ['R   R   R°  R°  R   ·   ·   R   ·   ·', '18a', 'Видеть журналы учебного года и кто их ведёт'],
  // A fact beside the load, which is in force by its dates (docs/decisions/0070).
  ['A   R   ·   ·   ·   ·   ·   R   ·   ·', '18b', 'Утвердить нагрузку учебного года'],
  // An administrator enters lists for the school (ADM: import, §7Г), by the very commands that others use.
  ['R   W   W°  R°  W   ·   ·   R   ·   ·', '19', 'Списки классов и групп, представители'],
  // What concerns the school as a whole is not a class teacher's.
  ['R   W   ·   ·   W   ·   ·   R   ·   ·', '19a', 'Контингент и сотрудники школы, состав классов'],
  ['R   W   ·   ·   W   ·   ·   R   ·   W', '19b', 'Принять сотрудника'],
  // The deputy enters a movement with the number of the order; the head approves what was entered (DIR: A): 20a.
  ['R   W   ·   ·   ·   ·   ·   R   R   ·', '20', 'Движение обучающихся по приказам'],
  ['A   R   ·   ·   ·   ·   ·   R   R   ·', '20a', 'Утвердить движение, внесённое по приказу'],
  ['R   W   ·   R   W   ·   ·   R   ·   W', '21', 'Правила школы: оценивание, обозначения, сроки, причины'],
  // A class teacher who changes the reason of an absence needs the codes.
  ['R   R   R   R   R   ·   ·   R   ·   ·', '21a', 'Видеть действующие правила школы'],
  // Whoever answers for the records knows that others than the teachers write them (B.2, the contrast).
  ['K   R   ·   ·   R   ·   ·   R   ·   ·', '21c', 'Видеть, разрешена ли запись классным руководителям'],
  // It decides which marks may be given on a page: no matter of administration of the service.
  ['R   W   ·   R°  ·   ·   ·   R   ·   ·', '21b', 'Сменить систему оценивания в журнале'],
  ['R   R   ·   ·   W   ·   ·   R   ·   W', '22', 'Учётные записи и роли'],
  ['·   ·   W°  ·   W   ·   ·   ·   ·   W', '22a', 'Выдать коды активации'],
  // From where somebody works is known to whoever answers for access, and to nobody else.
  ['·   ·   ·   ·   W   ·   ·   ·   ·   ·', '22b', 'Сеансы и внешние входы чужих учётных записей'],
  ['W°  W°  W°  W°  W°  W°  W°  W°  W°  ·', '22c', 'Своя учётная запись: вход, пароль, сеансы, права'],
  // Which school it is and who answers for its journal is said to everybody whose it is (п. 1.2).
  ['R   R   R   R   R   R   R   R   R   ·', '22d', 'Видеть сведения о школе и кто отвечает за журнал'],
  // Before anybody has an account there.
  ['·   ·   ·   ·   ·   ·   ·   ·   ·   W', '22e', 'Завести школу в установке'],
  // Only the service itself knows by which edition it began to let people in.
  ['R   R   ·   ·   R   ·   ·   R   ·   W', '22f', 'Матрица прав и её редакции'],
  // What a deputy may write row by row (rows 18 and 19) may come in a file, too.
  ['R   W   ·   ·   W   ·   ·   R   ·   ·', '23', 'Загрузить списки'],
  ['W   W   ·   W°  W   ·   ·   R   ·   ·', '23a', 'Выгрузить свои списки'],
  // Lists of the whole school; a teacher has his own pupils only.
  ['W   W   ·   ·   W   ·   ·   R   ·   ·', '23b', 'Выгрузить списки школы'],
  ['K   K   W°  ·   ·   W°  ·   R   ·   ·', '24', 'Согласие или несогласие на ведение в электронной форме'],
  // A parent sees his own decisions with his children; the register is of others.
  ['K   K   R°  ·   ·   ·   ·   R   ·   ·', '24a', 'Реестр согласий и несогласий'],
  ['K   K   R°  ·   ·   W°  ·   R   ·   ·', '25', 'Подтвердить ознакомление с дневником'],
  // Who got acquainted is for those who control it, class by class; a parent sees the own acknowledgements in the diary.
  ['K   K   R°  ·   ·   ·   ·   R   ·   ·', '25a', 'Отчёт об ознакомлении родителей с дневником'],
  ['·   ·   W°  ·   ·   W°  ·   R   ·   ·', '26', 'Контакты и подписки'],
  // The paper is at the school: whoever has it compares.
  ['·   ·   W°  ·   ·   ·   ·   R   ·   ·', '26a', 'Подтвердить контакт по письменному заявлению'],
  // Whoever reads what was sent there.
  ['·   ·   ·   ·   ·   W°  ·   R   ·   ·', '26b', 'Подтвердить свой контакт кодом'],
  // Only the service itself knows what is due to whom.
  ['·   ·   ·   ·   ·   ·   ·   ·   ·   W', '26c', 'Отправить дневник по подписке'],
  ['W   W   W°  ·   ·   ·   ·   R   ·   ·', '27', 'Выписка из дневника на бумаге'],
  // A class teacher may say it for a family that cannot; whose mark it is answers (R-A1.p1).
  ['R   R   W°  R°  ·   W°  W°  R   ·   ·', '28', 'Оспорить отметку'],
  ['R   R   R°  W°  ·   R°  R°  R   ·   ·', '28a', 'Ответить на обращение об отметке'],
  ['K   K   R°  R°  ·   ·   ·   R   ·   ·', '29', 'Отчёты контроля'],
  // An administrator has duties of his own, those of the support service, and sees no others.
  ['K   K   R°  R°  R°  ·   ·   R   ·   ·', '29a', 'Что нужно внести и что просрочено'],
  // Whoever checks the homework of others is not who set it; what was found is shown with the listing (29).
  ['W   W   ·   ·   ·   ·   ·   R   ·   ·', '29b', 'Дать заключение о домашнем задании'],
  // Which families nothing reaches is no figure of a teacher.
  ['K   K   R°  ·   ·   ·   ·   R   ·   ·', '29c', 'Своевременно ли информируются родители'],
  // A class teacher sees which were released to him, and opens them (29e).
  ['W   W   R°  ·   ·   ·   ·   R   ·   ·', '29d', 'Передать классному руководителю отчёт о классе'],
  ['R   R   W°  ·   ·   ·   ·   R   ·   ·', '29e', 'Открыть переданный отчёт о классе'],
  ['R   R   R°  R°  ·   R°  R°  R   ·   ·', '30', 'Отчёты о своём ребёнке'],
  // Who checks also says whether it is fixed; whose journal it is answers (31b), and of diaries the class teacher does.
  ['W   W   R°  R°  ·   ·   ·   R   ·   ·', '31', 'Проверка журналов и дневников, замечания'],
  // Paper and journal are compared by who keeps the journal and who controls it (R-A1.2i).
  ['R   W   ·   W°  ·   ·   ·   R   ·   ·', '31a', 'Сверить бумажную страницу с журналом: расхождения'],
  ['R   R   W°  W°  ·   ·   ·   R   ·   ·', '31b', 'Ответить на замечание проверки'],
  ['R   W   R°  R°  ·   ·   ·   R   R   ·', '32', 'Сводная ведомость'],
  // Whether the sheet agrees with the pages is for those who control it, and who archive it.
  ['R   R   ·   ·   ·   ·   ·   R   R   ·', '32a', 'Сверить сводную ведомость со страницами'],
  // The head alone certifies, with signature and seal; the deputy prepares what is certified.
  ['A   R   ·   ·   ·   ·   ·   R   R   ·', '33', 'Заверить распечатку'],
  ['W   W   ·   ·   ·   ·   ·   R   R   ·', '33a', 'Подготовить распечатку к заверению'],
  // Whether a paper still says what the journal says; whoever may read the latter may ask.
  ['R   R   R°  R°  ·   R°  R°  R   R   ·', '33b', 'Сверить распечатку с журналом'],
  ['A   A   ·   W°  ·   ·   ·   R   R   ·', '34', 'Подписать журнал электронной подписью'],
  // By itself, as the operator, the service archives a class whose year is closed, and checks packages by schedule.
  ['A   W   ·   ·   ·   ·   ·   R   W   W', '35', 'Создать и передать архивный пакет'],
  // What is not accepted is not transferred, and nobody accepts for the archive.
  ['R   R   ·   ·   ·   ·   ·   R   W   ·', '35a', 'Принять архивный пакет на хранение'],
  // Who certifies what leaves (п. 3.1), and who answers for the archive.
  ['A   R   ·   ·   ·   ·   ·   R   W   ·', '35b', 'Подписать архивный пакет электронной подписью'],
  ['R   R   ·   ·   R   ·   ·   W   W   W', '36', 'Проверить архивный пакет'],
  // Who approves (DIR: A) is not who carries it out: the head decides in 37a, and sees here what came of it.
  ['R   ·   ·   ·   ·   ·   ·   R   W   ·', '37', 'Уничтожить по истечении срока хранения'],
  ['A   ·   ·   ·   ·   ·   ·   R   R   ·', '37a', 'Утвердить уничтожение по истечении срока хранения'],
  // The quarantine is over, and the service carries out what two persons decided.
  ['·   ·   ·   ·   ·   ·   ·   ·   ·   W', '37b', 'Завершить стирание: выдержка кончилась'],
  ['W°  W°  W°  W°  W°  W°  W°  W°  W°  ·', '38', 'Сообщить об утрате доступа'],
  // Nothing of the journal: whoever has an account asks.
  ['W°  W°  W°  W°  W°  W°  W°  W°  W°  ·', '38a', 'Обратиться в службу поддержки'],
  ['A   A   ·   ·   ·   ·   ·   R   ·   ·', '39', 'Принять сообщение о нарушении доступа'],
  // The second of the two receipts is that of the support service (п. 4.3).
  ['R   R   ·   ·   W   ·   ·   R   ·   W', '39a', 'Принять сообщение о нарушении службой поддержки'],
  // The administrator is the support service at the school; the others control its deadlines.
  ['K   K   ·   ·   W   ·   ·   R   ·   ·', '39b', 'Отвечать на обращения в поддержку'],
  // Only what was verified is handed over, and the service says so itself.
  ['·   ·   ·   ·   ·   ·   ·   ·   ·   W', '39c', 'Передать данные вместо неудавшейся выгрузки'],
  ['R   R   R   R   W   R   R   R   R   ·', '39d', 'Часы работы поддержки'],
  // Whose account it is sees what is said of it; an administrator carries nothing out by hand (ADM: execute).
  [
    'A   W   R°  R°  R   R°  R°  R   R   ·',
    '40',
    'Признать операции недействительными, аннулировать сомнительные',
  ],
  ['W°  W°  W°  W°  W°  W°  W°  R   R   ·', '40a', 'Подтвердить свои сомнительные операции'],
  ['A   ·   ·   ·   W   ·   ·   R   ·   W', '41', 'Разблокировать учётную запись'],
  // The head approves, or a deputy in his place; the administrator then issues new credentials (row 22a).
  ['A   A   ·   ·   R   ·   ·   R   ·   ·', '41a', 'Одобрить восстановление доступа после нарушения'],
  ['R   R   R°  R°  ·   ·   ·   R   ·   ·', '42', 'История страниц и клеток журнала'],
  // Across the school: who did what, accounts among it.
  ['R   R   ·   ·   ·   ·   ·   R   ·   ·', '42a', 'Журнал действий и реестр исправлений школы'],
  // Addresses and refusals without a value of anybody: all that row 42 gives the administrator.
  ['R   ·   ·   ·   R   ·   ·   R   ·   ·', '42b', 'Технический журнал обращений'],
  // A family sees when and in which role; by whom, the head says on request.
  ['R   ·   ·   ·   ·   R°  ·   R   ·   ·', '42c', 'Кто читал сведения об одном обучающемся'],
  // He acts on behalf of the school, whose head and auditor may look (Пр3/3).
  ['R   ·   ·   ·   R   ·   ·   R   ·   ·', '42d', 'Действия и чтения оператора'],
  // Without it he sees nothing of pupils (Пр2/25): for some hours, and what he reads stands in 42d.
  ['A   ·   ·   ·   ·   ·   ·   R   ·   ·', '42e', 'Разрешить оператору прочитать сведения школы'],
  ['·   ·   ·   ·   W   ·   ·   R   ·   ·', '43', 'Перестроить представления'],
  // The service checks by itself; the head is told whether what he answers for is as it was recorded.
  ['K   ·   ·   ·   R   ·   ·   R   ·   W', '43a', 'Ежедневная сверка записей и представлений'],
  ['K   ·   ·   ·   W   ·   ·   R   ·   ·', '44', 'Резервные копии и учебное восстановление'],
  // The head's approval of an exchange (DIR: A) is an act of its own: 45a.
  ['R   K   ·   ·   W   ·   ·   R   ·   ·', '45', 'Обмен с внешними системами'],
  ['A   R   ·   ·   R   ·   ·   R   ·   ·', '45a', 'Одобрить обмен с внешней системой'],
  // Counts without anybody in them, which the head answers for where they leave the school (R-A2.19).
  ['A   R   ·   ·   ·   ·   ·   R   ·   ·', '45b', 'Обезличенный отчёт органу управления образованием'],
  ['A   W   ·   ·   W   ·   ·   R   ·   ·', '46', 'Перерыв в работе'],
  ['A   K   ·   ·   ·   ·   ·   R   ·   ·', '47', 'Отказ от бумажного журнала'],
  // A pilot keeps the accounting that is in force, so that a deputy may begin one (R-T4).
  ['A   W   ·   ·   ·   ·   ·   R   ·   ·', '47a', 'Пилотное ведение журнала в классе'],
] as const

/** A row of the matrix, or a part of one: `4`, `4a`. */
export type Operation = (typeof ROWS)[number][1]

/** A row with its cells. */
export interface OperationRights {
  readonly operation: Operation
  readonly name: string
  readonly cells: Readonly<Record<Role, Cell>>
}

/** The roles of the columns. */
const COLUMNS = ROLES.filter((role) => role !== 'external-system')

/** Every row, in the order of the matrix. */
export const RIGHTS: readonly OperationRights[] = ROWS.map(([signs, operation, name]) => {
  const cells = signs.split(/ +/)
  const known = cells.length === COLUMNS.length && cells.every((cell) => Object.hasOwn(CELL_NAMES, cell))
  if (!known) throw new Error(`row ${operation} of the matrix of rights cannot be read`)
  const byRole = Object.fromEntries(COLUMNS.map((role, i) => [role, cells[i]])) as Record<Role, Cell>
  return { operation, name, cells: { ...byRole, 'external-system': '·' } }
})

const BY_OPERATION: ReadonlyMap<Operation, OperationRights> = new Map(
  RIGHTS.map((row) => [row.operation, row]),
)

/**
 * What a class teacher writes on the pages of the own class where the rules of the school switch it on: marks, finals
 * and homework in all subjects, as some schools are used to. The regulation says otherwise (п. 2.4, R-2.4), so it is off
 * by default, and the matrix itself gives nothing.
 */
const BY_SWITCH: ReadonlySet<Operation> = new Set(['4', '4a', '5', '5a', '7', '7a'])

/** The roles that may do this where the rules of the school say so. */
export function bySwitch(operation: Operation): readonly Role[] {
  return BY_SWITCH.has(operation) ? ['class-teacher'] : []
}

/** A row of the matrix as it is shown and kept: the signs of its cells in the order of {@link RIGHTS_COLUMNS}. */
export interface RightsRow {
  readonly operation: string
  readonly name: string
  readonly cells: string
  /** The roles that may do this where the rules of the school say so. */
  readonly bySwitch: readonly Role[]
}

/** The roles of the columns of {@link RIGHTS_TABLE}. */
export const RIGHTS_COLUMNS: readonly Role[] = COLUMNS

/** The whole matrix as it is shown and kept. */
export const RIGHTS_TABLE: readonly RightsRow[] = RIGHTS.map(({ operation, name, cells }) => ({
  operation,
  name,
  cells: COLUMNS.map((role) => cells[role]).join(' '),
  bySwitch: bySwitch(operation),
}))

/** What a matrix is known by: SHA-256 of its columns and its rows, a line each, fields parted by tabulators. */
export function digestOfRights(columns: readonly Role[], rows: readonly RightsRow[]): string {
  const lines = rows.map((row) => [row.operation, row.cells, row.bySwitch.join(' '), row.name].join('\t'))
  return sha256([columns.join(' '), ...lines].join('\n'))
}

const ACTS: ReadonlySet<Cell> = new Set(['W', 'W°', 'A'])

const rolesWith = (operation: Operation, which: (cell: Cell) => boolean): readonly Role[] =>
  ROLES.filter((role) => which(BY_OPERATION.get(operation)!.cells[role]))

/** The roles that may do this, within their scope. */
export function mayAct(operation: Operation): readonly Role[] {
  return rolesWith(operation, (cell) => ACTS.has(cell))
}

/** The roles that may see this, within their scope. */
export function maySee(operation: Operation): readonly Role[] {
  return rolesWith(operation, (cell) => cell !== '·')
}

/** The roles that may see this of the whole school. */
export function seesWhole(operation: Operation): readonly Role[] {
  return rolesWith(operation, (cell) => cell !== '·' && !cell.endsWith('°'))
}

import type { Reason } from '#commands/refusal.ts'

/** A problem as people and programs read it. Titles are complete sentences: what is wrong, and what it means. */
interface Wording {
  readonly status: number
  readonly ru: string
  readonly en: string
}

/** What a rule refuses. A reason that is not here does not compile. */
const REFUSALS: Readonly<Record<Reason, Wording>> = {
  'role-not-held': w(
    403,
    'У этой учётной записи сегодня нет такой роли.',
    'The account does not hold this role today.',
  ),
  'role-not-permitted': w(403, 'Ваша роль не даёт права на это действие.', 'Your role does not permit this.'),
  'role-ambiguous': w(
    400,
    'Это можно сделать в нескольких ваших ролях: назовите роль в заголовке Letopis-Role.',
    'Several of your roles permit this: name one in the Letopis-Role header.',
  ),
  'lesson-given-by-another': w(
    403,
    'Урок проводит другой учитель: замена или совмещение назначены администрацией.',
    'Another teacher gives the lesson by an order of the administration.',
  ),
  'journal-not-taught': w(403, 'Вы не ведёте этот журнал.', 'You do not teach this journal.'),
  'class-not-led': w(
    403,
    'Вы не классный руководитель этого класса.',
    'You are not the class teacher of this class.',
  ),
  'reason-only': w(
    403,
    'Классный руководитель может изменить только причину отсутствия, но не сам факт.',
    'A class teacher may change the reason of an absence only.',
  ),
  'outside-competence': w(
    403,
    'Это не относится к вашей компетенции.',
    'This lies outside what you answer for.',
  ),
  'last-administrator': w(
    409,
    'После этого в школе не осталось бы администратора: сначала дайте эту роль другому сотруднику.',
    'The school would be left without an administrator: grant the role to somebody else first.',
  ),
  'diary-not-yours': w(403, 'Этот дневник вам не открыт.', 'The diary is not open to you.'),
  'consent-missing': w(
    403,
    'Согласия представителя на сведения об этом ребёнке в электронной форме нет: его дают в кабинете или письменно — или просят у классного руководителя выписку на бумаге.',
    'The representative has not consented to electronic form for this child: one consents in the account or on paper, or asks the class teacher for an extract on paper.',
  ),

  'nobody-consents': w(
    403,
    'Ни один представитель не согласился на сведения об этом обучающемся в электронной форме: внешней системе их не дают.',
    'No representative has consented to electronic form for this pupil: an external system is given nothing of him.',
  ),

  'school-exists': w(409, 'Такая школа в установке уже есть.', 'The installation has such a school already.'),
  'outage-exists': w(
    409,
    'Перерыв с этими границами уже зарегистрирован.',
    'An outage with these bounds is registered already.',
  ),
  'outage-unknown': w(404, 'Такой перерыв не зарегистрирован.', 'No such outage is registered.'),
  'operator-read-too-long': w(
    422,
    'Оператору разрешают чтение не больше чем на 72 часа.',
    'The operator may be let to read for 72 hours at most.',
  ),
  'operator-read-not-granted': w(
    409,
    'Сейчас оператору читать ничего не разрешено.',
    'The operator is not let to read anything now.',
  ),
  'pilot-declared': w(
    409,
    'В эти дни класс уже ведёт журнал пилотно.',
    'The class keeps its journal as a pilot on some of these days already.',
  ),
  'pilot-unknown': w(
    404,
    'На эту дату пилотное ведение в классе не объявлено.',
    'No pilot of the class is declared for this date.',
  ),
  'school-year-unknown': w(404, 'Такой учебный год не открыт.', 'The school year is not open.'),
  'school-year-exists': w(409, 'Этот учебный год уже открыт.', 'The school year is open already.'),
  'bounds-reversed': w(422, 'Начало позже конца.', 'The beginning is after the end.'),
  'date-outside-year': w(422, 'Дата вне учебного года.', 'The date is outside the school year.'),
  'grades-or-units': w(
    422,
    'Назовите либо параллели, либо отдельные классы и группы.',
    'Name either grades, or single classes and groups.',
  ),
  'period-unknown': w(
    404,
    'У этих классов нет такого учебного периода.',
    'These grades have no such study period.',
  ),
  'period-exists': w(
    409,
    'Учебные периоды для этой параллели уже заданы.',
    'Study periods are planned for this grade already.',
  ),
  'period-overlap': w(422, 'Учебные периоды пересекаются.', 'Study periods overlap.'),
  'period-outside-year': w(
    422,
    'Учебный период выходит за границы учебного года.',
    'A study period leaves the school year.',
  ),
  'lesson-outside-period': w(
    409,
    'За новыми границами периода остался бы уже записанный урок.',
    'A lesson that is recorded would fall out of the period.',
  ),
  'holidays-outside-year': w(
    422,
    'Каникулы выходят за границы учебного года.',
    'Holidays leave the school year.',
  ),
  'bells-overlap': w(
    422,
    'Уроки в расписании звонков пересекаются.',
    'Lessons in the bell schedule overlap.',
  ),
  'policy-missing': w(
    409,
    'Школа ещё не приняла правила, действующие на эту дату.',
    'The school has no policy in force on that date.',
  ),
  'policy-out-of-order': w(
    409,
    'Правила вступают в силу позже всех принятых ранее.',
    'A policy takes effect after every earlier one.',
  ),
  'policy-ambiguous': w(
    422,
    'В правилах один код или вид работы назван дважды.',
    'The policy names a code or a kind twice.',
  ),
  'grading-disordered': w(
    422,
    'Правила системы оценивания противоречат себе: пороги вне шкалы или не по порядку.',
    'The rules of the grading system contradict themselves.',
  ),
  'report-form-unfit': w(
    422,
    'Форма не подходит отчёту: столбца в нём нет, столбец назван дважды или пропущен тот, которого требует положение.',
    'The form does not fit the report: a column is unknown, named twice, or missing though the regulation wants it.',
  ),
  'printout-exists': w(
    409,
    'Под этим номером уже выдан файл.',
    'A file was issued under this number already.',
  ),
  'printout-unknown': w(404, 'Под этим номером ничего не выдано.', 'Nothing was issued under this number.'),
  'printout-differs': w(
    409,
    'Заверяется другой файл: его SHA-256 не тот, что записан при выдаче.',
    'Another file is being certified: its SHA-256 is not the one recorded when it was issued.',
  ),
  'printout-certified': w(409, 'Распечатка уже заверена.', 'The printout is certified already.'),
  'room-exists': w(409, 'Такой кабинет уже есть.', 'The room exists already.'),
  'room-unknown': w(404, 'Такого кабинета нет.', 'No such room.'),
  'subject-unknown': w(404, 'Такого предмета нет.', 'No such subject.'),
  'subject-exists': w(409, 'Такой предмет уже есть.', 'The subject exists already.'),
  'subject-repeated': w(
    422,
    'Предмет назван в одном компоненте плана дважды.',
    'A subject is named twice in one component of the curriculum.',
  ),
  'subject-not-in-curriculum': w(
    422,
    'Этого предмета нет в учебном плане класса, его групп и обучающихся.',
    'The subject is in no curriculum of the class, its groups or its pupils.',
  ),
  'curriculum-exists': w(
    409,
    'У этих обучающихся уже есть такой учебный план: примите его новую редакцию.',
    'These learners have such a curriculum already: adopt its next version.',
  ),
  'curriculum-of-others': w(
    409,
    'Это учебный план других обучающихся или другого года.',
    'This is the curriculum of other learners or of another year.',
  ),
  'pupil-unknown': w(404, 'Такого обучающегося нет в школе.', 'The school has no such pupil.'),
  'pupil-exists': w(409, 'Такой обучающийся уже зачислен.', 'The pupil is enrolled already.'),
  'pupil-released': w(
    409,
    'Обучающийся в этот день уже выбыл из школы.',
    'The pupil has left the school by that date.',
  ),
  'pupil-in-class': w(
    409,
    'Обучающийся в этот день уже числится в классе.',
    'The pupil is in a class on that date.',
  ),
  'pupil-not-in-class': w(
    409,
    'Обучающийся в этот день не числится в этом классе.',
    'The pupil is not in this class on that date.',
  ),
  'pupil-in-group': w(409, 'Обучающийся уже в этой группе.', 'The pupil is in this group already.'),
  'pupil-not-in-group': w(409, 'Обучающегося нет в этой группе.', 'The pupil is not in this group.'),
  'person-unknown': w(
    404,
    'Такого обучающегося или сотрудника нет в школе.',
    'The school has no such pupil or member of staff.',
  ),
  'document-required': w(
    422,
    'Смена имени опирается на документ: назовите его вид и дату.',
    'A change of name rests on a document: name its kind and date.',
  ),
  'document-of-future': w(422, 'Дата документа ещё не наступила.', 'The document is of a day to come.'),
  'staff-unknown': w(404, 'Такого сотрудника нет в школе.', 'The school has no such member of staff.'),
  'staff-exists': w(409, 'Такой сотрудник уже принят.', 'The member of staff is hired already.'),
  'staff-released': w(
    409,
    'Сотрудник в этот день уже не работает в школе.',
    'The member of staff does not work at the school on that date.',
  ),
  'staff-in-office': w(
    409,
    'За сотрудником числятся классное руководство или нагрузка: сначала передайте их.',
    'The member of staff leads a class or teaches a journal: hand them over first.',
  ),
  'class-unknown': w(404, 'Такого класса нет.', 'No such class.'),
  'class-exists': w(409, 'Такой класс уже есть.', 'The class exists already.'),
  'group-unknown': w(404, 'Такой группы нет.', 'No such group.'),
  'group-exists': w(409, 'Такая группа уже есть.', 'The group exists already.'),
  'attestation-exists': w(
    409,
    'Этот протокол аттестации по предмету уже внесён.',
    'This protocol of attestation in the subject is recorded already.',
  ),
  'attestation-unknown': w(404, 'Такого протокола аттестации нет.', 'There is no such attestation.'),
  'individual-plan-taken': w(
    409,
    'В группе индивидуального учебного плана может быть один обучающийся.',
    'A group of an individual plan holds one pupil.',
  ),
  'journal-unknown': w(404, 'Такого журнала нет.', 'No such journal.'),
  'journal-exists': w(409, 'Такой журнал уже открыт.', 'The journal exists already.'),
  'journal-not-of-class': w(
    422,
    'Этот журнал ведётся не в этом классе.',
    'The journal is not of this class.',
  ),
  'teacher-assigned': w(409, 'Этот учитель уже ведёт этот журнал.', 'The teacher is assigned already.'),
  'teacher-not-assigned': w(409, 'Этот учитель не ведёт этот журнал.', 'The teacher is not assigned.'),
  'slot-conflict': w(
    409,
    'В это время уже стоит другой урок или учитель занят.',
    'The slot is taken, or the teacher is elsewhere.',
  ),
  'test-unknown': w(404, 'Такой работы в графике нет.', 'The schedule has no such test.'),
  'test-exists': w(
    409,
    'Эта работа уже в графике: в один день по журналу одна.',
    'The test is in the schedule already: a journal has one on a day.',
  ),
  'test-not-planned': w(
    422,
    'Работы внутришкольного контроля на этот день нет в сводном графике.',
    'The schedule of tests has no test of internal control on this day.',
  ),
  'test-has-column': w(
    409,
    'Столбец этой работы внутришкольного контроля уже есть.',
    'This test of internal control has its column already.',
  ),
  'topic-plan-unknown': w(
    404,
    'У журнала нет такой редакции календарно-тематического плана.',
    'The journal has no such version of a topic plan.',
  ),
  'topic-plan-approved': w(409, 'Эта редакция плана уже утверждена.', 'The version is approved already.'),
  'journal-repeated': w(422, 'Журнал назван дважды.', 'A journal is named twice.'),
  'lesson-cancelled': w(409, 'Этот урок отменён.', 'The lesson is cancelled.'),
  'lesson-not-cancelled': w(409, 'Этот урок не отменён.', 'The lesson is not cancelled.'),
  'lesson-transferred': w(
    409,
    'Этот урок перенесён на другое время.',
    'The lesson was transferred to another time.',
  ),
  'lesson-recorded': w(
    409,
    'Этот урок уже проведён и записан в журнал.',
    'The lesson was given and is recorded in the journal.',
  ),
  'lessons-combined': w(
    409,
    'Этот урок совмещён с другими: сначала отмените совмещение.',
    'The lesson is combined with others: separate them first.',
  ),
  'combination-unknown': w(404, 'Этот урок ни с чем не совмещён.', 'The lesson is not combined.'),
  'substitution-unknown': w(404, 'На этот урок замена не назначена.', 'The lesson has no substitute.'),
  'page-unknown': w(404, 'Такая страница журнала не открыта.', 'The journal page is not open.'),
  'page-exists': w(409, 'Эта страница журнала уже открыта.', 'The journal page is open already.'),
  'account-unknown': w(404, 'Такой учётной записи нет.', 'No such account.'),
  'account-exists': w(409, 'Такая учётная запись уже есть.', 'The account exists already.'),
  'role-exists': w(409, 'Эта роль уже дана.', 'The role is granted already.'),
  'role-not-granted': w(409, 'Такой роли у учётной записи нет.', 'The account has no such role.'),
  'scope-not-of-role': w(
    422,
    'Компетенция задаётся только заместителю руководителя.',
    'Only a deputy has a competence.',
  ),
  'login-taken': w(409, 'Это имя для входа занято.', 'The log-in name is taken.'),
  'representative-unknown': w(
    404,
    'У обучающегося в этот день нет такого представителя.',
    'The pupil has no such representative on that date.',
  ),
  'representative-missing': w(
    422,
    'Назовите представителя, который ознакомился с дневником.',
    'Name the representative who got acquainted with the diary.',
  ),
  'representative-exists': w(
    409,
    'Этот представитель уже записан.',
    'The representative is registered already.',
  ),
  'account-not-own': w(403, 'Это не ваша учётная запись.', 'The account is not yours.'),
  'account-blocked': w(
    403,
    'Учётная запись заблокирована: обратитесь к администратору школы.',
    'The account is blocked: turn to the administrator of the school.',
  ),
  'support-hours-overlap': w(
    422,
    'Часы работы поддержки в один день пересекаются.',
    'Two times of work of one day overlap.',
  ),
  'pupils-not-taught': w(403, 'Вы не ведёте уроков у этих обучающихся.', 'You do not teach these pupils.'),
  'message-exists': w(
    409,
    'Сообщение с этим id уже отправлено: для нового нужен новый id.',
    'A message with this id was sent already: a new one needs a new id.',
  ),
  'message-unknown': w(404, 'Такого сообщения нет.', 'There is no such message.'),
  'nobody-to-tell': w(
    409,
    'Ни у кого из этих обучающихся нет законного представителя на сегодня.',
    'None of these pupils has a representative today.',
  ),
  'week-not-from-monday': w(400, 'Неделя называется её понедельником.', 'A week is named by its Monday.'),
  'week-not-begun': w(
    422,
    'Эта неделя ещё не началась: ознакомиться пока не с чем.',
    'The week has not begun yet.',
  ),
  'contact-unknown': w(404, 'Такого контакта нет или он прекращён.', 'There is no such contact any more.'),
  'contact-unconfirmed': w(
    409,
    'Для этого канала нет подтверждённого контакта: сначала укажите его и подтвердите.',
    'There is no confirmed contact of this channel: give and confirm one first.',
  ),
  'contact-malformed': w(
    400,
    'Это не адрес почты или не номер телефона вида +79130000000.',
    'This is no e-mail address, or no phone number as +79130000000.',
  ),
  'contact-without-paper': w(
    409,
    'Контакт указан в кабинете, письменного заявления о нём нет: внесите его по заявлению.',
    'The contact was given without a paper: enter it from the paper.',
  ),
  'contact-of-paper': w(
    409,
    'Контакт внесён по письменному заявлению: его подтверждает классный руководитель.',
    'The contact was entered from a paper: the class teacher confirms it.',
  ),
  'contact-code-wrong': w(
    403,
    'Код не тот, или попытки кончились: укажите контакт заново.',
    'The code is wrong, or was tried too often: give the contact anew.',
  ),
  'contact-code-expired': w(
    409,
    'Код действовал сутки: укажите контакт заново.',
    'The code was good for a day: give the contact anew.',
  ),
  'paper-date-missing': w(
    422,
    'Назовите дату письменного заявления.',
    'Name the date of the written statement.',
  ),
  'consent-out-of-order': w(
    409,
    'Записано решение с более поздней датой: заявление, подписанное раньше, его не меняет.',
    'A decision of a later date is on record: a paper signed before does not change it.',
  ),
  'consent-not-given': w(
    409,
    'Согласия, которое можно отозвать, нет.',
    'There is no consent that could be withdrawn.',
  ),
  'notice-outdated': w(
    409,
    'Извещение об обработке данных уже другое: прочитайте действующее и назовите его версию.',
    'Another notice of the processing stands: read it and name its version.',
  ),
  'ticket-unknown': w(404, 'Такого обращения в поддержку нет.', 'There is no such ticket.'),
  'ticket-closed': w(
    409,
    'Обращение закрыто: откройте новое, если вопрос остался.',
    'The ticket is closed: open another one.',
  ),
  'tickets-too-many': w(
    409,
    'У вас много открытых обращений: дополните или закройте одно из них.',
    'There are too many open tickets of yours: add to one of them or close it.',
  ),
  'ticket-not-of-export': w(
    409,
    'Это обращение не о неудавшейся выгрузке.',
    'The ticket is not about an export that failed.',
  ),
  'delivery-needed': w(
    409,
    'Обращение о неудавшейся выгрузке закрывают переданные и проверенные данные или тот, кто его подал.',
    'A ticket about a failed export ends with data that were handed over and verified, or by whoever opened it.',
  ),
  'incident-unknown': w(404, 'Такого сообщения о нарушении нет.', 'There is no such report of a breach.'),
  'incident-withdrawn': w(
    409,
    'Это сообщение о нарушении отозвано как ошибочное.',
    'The report of this breach was withdrawn as mistaken.',
  ),
  'breach-reported': w(
    409,
    'О нарушении доступа этой учётной записи уже сообщено, доступ закрыт.',
    'A breach of this account is reported already, and its access is closed.',
  ),
  'breach-received': w(
    409,
    'Получение этого сообщения уже подтверждено; время получения не меняется.',
    'The receipt of this report is recorded already; its time does not change.',
  ),
  'notice-in-future': w(
    422,
    'Названное время ещё не наступило.',
    'The instant that is named is still to come.',
  ),
  'receipt-missing': w(
    409,
    'Момент сообщения не определён: нет подтверждения получения.',
    'The moment of the notice is not known: a receipt is missing.',
  ),
  'own-breach': w(
    403,
    'О нарушении доступа вашей учётной записи решает другой человек.',
    'Somebody else decides about a breach of your own account.',
  ),
  'head-needed': w(
    403,
    'Это решает руководитель; заместитель — если сообщение получено им вместо руководителя.',
    'The head decides this; a deputy where a deputy received the report in his place.',
  ),
  'second-person-needed': w(
    403,
    'Одного человека здесь мало: нужен второй, который подтвердит время сообщения.',
    'One person is not enough here: a second one has to confirm the moment of the notice.',
  ),
  'compromise-declared': w(
    409,
    'По этому нарушению операции уже признаны недействительными.',
    'Operations were declared void for this breach already.',
  ),
  'compromise-not-declared': w(
    409,
    'Сначала руководитель признаёт нарушение: списка сомнительных операций ещё нет.',
    'The head declares the compromise first: there is no list of suspect operations yet.',
  ),
  'access-restored': w(409, 'Доступ по этому нарушению уже восстановлен.', 'Access was restored already.'),
  'operation-not-suspect': w(
    404,
    'Этой операции нет в списке сомнительных.',
    'The operation is not in the list of suspect ones.',
  ),
  'operation-settled': w(
    409,
    'По этой операции уже решено.',
    'The operation was confirmed or annulled already.',
  ),
  'account-not-blocked': w(409, 'Учётная запись не заблокирована.', 'The account is not blocked.'),
  'account-activated': w(
    409,
    'Учётная запись уже активирована: заявление о доступе регистрируют до этого.',
    'The account is activated: an application for access is received before that.',
  ),
  'access-application-missing': w(
    409,
    'Заявление о доступе в школе не зарегистрировано: сначала его принимает классный руководитель или администратор.',
    'The school has no application for access: the class teacher or the administrator receives it first.',
  ),
  'account-disabled': w(
    403,
    'Учётная запись отключена; записи её владельца сохраняются за ним.',
    'The account is disabled; what its owner wrote stays attributed.',
  ),
  'account-not-of-class': w(
    403,
    'Это не обучающийся вашего класса и не его представитель.',
    'The account is of no pupil of your class, nor of a representative of one.',
  ),
  'new-credentials-needed': w(
    403,
    'Реквизиты утрачены: нужен новый код активации от классного руководителя или администратора.',
    'The credentials were lost: a new activation code is needed.',
  ),
  'activation-code-invalid': w(
    422,
    'Такого кода активации нет, или вместо него выдан новый.',
    'No such activation code, or a newer one was issued.',
  ),
  'activation-code-expired': w(
    422,
    'Срок кода активации истёк: попросите новый.',
    'The activation code has expired: ask for a new one.',
  ),
  'activation-code-used': w(
    409,
    'Этот код активации уже использован.',
    'The activation code was used already.',
  ),
  'identity-taken': w(
    409,
    'Этот пользователь внешнего издателя связан с другой учётной записью школы.',
    'The external identity is linked with another account of the school.',
  ),
  'identity-unknown': w(
    404,
    'С учётной записью такая внешняя личность не связана.',
    'The account has no such external identity.',
  ),
  'service-token-exists': w(
    409,
    'Токен с таким номером уже выдан.',
    'A token of this id was issued already.',
  ),
  'acknowledgements-without-diary': w(
    422,
    'Подтверждать ознакомление может только система, которой открыт набор diary.',
    'Acknowledgements are agreed only together with the set diary.',
  ),
  'service-token-unknown': w(
    404,
    'Такого токена внешней системы нет.',
    'No such token of an external system.',
  ),
  'service-token-revoked': w(409, 'Токен уже отозван.', 'The token is revoked already.'),
  'nothing-to-approve': w(
    409,
    'Утверждать нечего: всё, что внесено, уже утверждено.',
    'There is nothing to approve: all that was entered is approved already.',
  ),
  'order-unknown': w(
    404,
    'По такому приказу движения обучающихся не внесено: проверьте номер и дату.',
    'No movement was entered by such an order: check its number and date.',
  ),
  'rules-accepted': w(409, 'Эти правила уже приняты.', 'The rules are accepted already.'),
  'rules-other-version': w(
    409,
    'Действует другая версия правил.',
    'Another version of the rules is in force.',
  ),
  'password-wrong': w(403, 'Нынешний пароль неверен.', 'The present password is wrong.'),
  'password-same': w(422, 'Новый пароль совпадает с прежним.', 'The new password is the old one.'),

  'lesson-unknown': w(
    404,
    'Такой урок на этой странице не записан.',
    'The lesson is not recorded on this page.',
  ),
  'lesson-exists': w(409, 'Этот урок уже записан.', 'The lesson is recorded already.'),
  'lesson-not-in-timetable': w(
    422,
    'По расписанию в этот день такого урока нет.',
    'The timetable has no such lesson on that date.',
  ),
  'lesson-in-future': w(422, 'Урок ещё не проведён: его дата в будущем.', 'The lesson is in the future.'),
  'date-outside-period': w(
    422,
    'Дата вне учебного периода этой страницы.',
    'The date is outside the period of this page.',
  ),
  'date-in-holidays': w(422, 'Это неучебный день.', 'There are no lessons on that date.'),
  'lesson-type-unknown': w(
    422,
    'Такого типа урока нет в справочнике школы.',
    'The school has no such lesson type.',
  ),
  'topic-missing': w(
    422,
    'Назовите тему урока: в плане журнала следующей нет.',
    'Name the topic of the lesson: the plan of the journal has no next one.',
  ),
  'pupil-not-member': w(
    422,
    'Обучающийся в этот день не учится по этому журналу.',
    'The pupil does not learn in this journal on that date.',
  ),
  'pupil-repeated': w(422, 'Обучающийся назван дважды.', 'A pupil is named twice.'),
  'attendance-taken': w(409, 'Присутствие на этом уроке уже отмечено.', 'Attendance is taken already.'),
  'attendance-not-taken': w(
    409,
    'Присутствие на этом уроке ещё не отмечено.',
    'Attendance is not taken yet.',
  ),
  'code-unknown': w(422, 'Такого кода нет в справочнике школы.', 'The school has no such code.'),
  'code-not-attendance': w(
    422,
    'Это не код отсутствия или опоздания.',
    'The code does not speak of attendance.',
  ),
  'kind-of-work-unknown': w(
    422,
    'Такого вида работы нет в справочнике школы.',
    'The school has no such kind of work.',
  ),
  'criteria-needed': w(
    422,
    'В критериальной системе нужны баллы по критериям, а отметка выводится из них.',
    'In this grading system scores by criterion are needed; the mark follows from them.',
  ),
  'criteria-not-used': w(
    422,
    'В этой системе оценивания баллов по критериям нет.',
    'This grading system has no criteria.',
  ),
  'score-outside-criterion': w(
    422,
    'Балл больше наибольшего по этому критерию.',
    'The score is above the greatest of its criterion.',
  ),
  'assessment-unknown': w(404, 'Такого испытания на странице нет.', 'The page has no such assessment.'),
  'assessment-exists': w(
    409,
    'Это испытание уже записано: добавьте к нему результаты.',
    'The assessment is recorded already: add marks to it.',
  ),
  'assessment-in-future': w(
    422,
    'Испытание и получение его результатов не могут быть в будущем.',
    'An assessment and the receipt of its results cannot be in the future.',
  ),
  'assessment-results-before': w(
    422,
    'Результаты не могли быть получены раньше самого испытания.',
    'The results cannot have been received before the assessment was held.',
  ),
  'assessment-results-not-received': w(
    409,
    'Результатов этого испытания ещё ждут: сначала отметьте, когда школа их получила.',
    'The results of the assessment are still awaited: say first when they were received.',
  ),
  'assessment-results-received': w(
    409,
    'Получение этих результатов уже отмечено; чьи они, исправляют с указанием причины.',
    'The receipt of these results is recorded already; whose they are is corrected with a reason.',
  ),
  'value-outside-grading': w(
    422,
    'Такого значения нет в системе оценивания этого журнала.',
    'The value is outside the grading system of this journal.',
  ),
  'marks-switched-off': w(
    422,
    'В этом журнале отметки не ставятся.',
    'Marks are switched off in this journal.',
  ),
  'mark-exists': w(
    409,
    'За этот вид работы на этом уроке отметка уже стоит: её можно исправить.',
    'A mark of this kind stands already: correct it instead.',
  ),
  'mark-unknown': w(404, 'Такой отметки нет.', 'No such mark stands.'),
  'mark-on-absent': w(
    422,
    'Отметка и отсутствие на одном уроке противоречат друг другу.',
    'A mark and an absence at one lesson contradict each other.',
  ),
  'lesson-not-missed': w(
    422,
    'Зачесть можно только пропущенный урок: отсутствие обучающегося не отмечено.',
    'Only a missed lesson is credited: no absence of the pupil is recorded.',
  ),
  'absence-not-excused': w(
    422,
    'Зачесть можно только пропущенное по уважительной причине.',
    'Only what was missed for a valid reason is credited.',
  ),
  'absence-credited': w(
    409,
    'Пропущенная тема зачтена, и пропуск по уважительной причине — основание зачёта; сначала отзовите его.',
    'The missed topic is credited on the ground of an absence for a valid reason; withdraw the credit first.',
  ),
  'protocol-misdated': w(
    422,
    'Протокол не может быть раньше урока или позже сегодняшнего дня.',
    'The protocol cannot be earlier than the lesson or later than today.',
  ),
  'examiner-repeated': w(422, 'Экзаменатор назван дважды.', 'An examiner is named twice.'),
  'credit-not-earned': w(
    422,
    'Долг и подобные пометки не зачёт: нужна отметка.',
    'A debt is no credit: a mark is needed.',
  ),
  'weight-differs': w(409, 'Работа уже проведена с другим весом.', 'The work was held with another weight.'),
  'homework-exists': w(
    409,
    'Домашнее задание уже задано: его можно исправить.',
    'Homework is set already: correct it instead.',
  ),
  'homework-unknown': w(409, 'Домашнее задание к этому уроку не задано.', 'The lesson has no homework.'),
  'homework-due-before-lesson': w(
    422,
    'Срок домашнего задания не позже самого урока.',
    'The homework would be due before the lesson.',
  ),
  'remark-unknown': w(
    404,
    'Такого замечания или такой рекомендации нет.',
    'There is no such remark or recommendation.',
  ),
  'exemption-exists': w(
    409,
    'На эти дни обучающийся уже освобождён от практики.',
    'The pupil is exempt from practice on these days already.',
  ),
  'exemption-unknown': w(404, 'Такого освобождения от практики нет.', 'There is no such exemption.'),
  'dispute-open': w(
    409,
    'Обращение об этой отметке уже подано и ждёт ответа.',
    'A dispute about this mark is filed already and waits for its answer.',
  ),
  'dispute-unknown': w(
    404,
    'Такого обращения об этой отметке нет.',
    'There is no such dispute about this mark.',
  ),
  'difference-open': w(
    409,
    'Расхождение с бумагой в этом месте уже записано и не устранено.',
    'A difference with the paper at this place is registered already and stands open.',
  ),
  'difference-unknown': w(
    404,
    'Такого расхождения с бумагой на этой странице нет.',
    'There is no such difference with the paper on this page.',
  ),
  'difference-settled': w(
    409,
    'Это расхождение уже устранено или объяснено.',
    'This difference is fixed or explained already.',
  ),
  'difference-in-future': w(
    400,
    'Дата сверки ещё не наступила.',
    'The day on which the difference was found has not come yet.',
  ),
  'inspection-in-future': w(400, 'День проверки ещё не наступил.', 'The day of the check has not come yet.'),
  'finding-unknown': w(404, 'Такого замечания проверки нет.', 'There is no such finding of a check.'),
  'finding-fixed': w(
    409,
    'Это замечание уже снято: исправлено.',
    'This finding is closed already: it is fixed.',
  ),
  'finding-open': w(
    409,
    'Это замечание и так открыто, и ответа на него ещё нет.',
    'This finding is open, and nobody has answered it yet.',
  ),
  'report-released': w(
    409,
    'Этот же файл этому органу уже выпущен.',
    'This very file was released to this authority already.',
  ),
  'release-unknown': w(404, 'Такого переданного отчёта нет.', 'No such report was released.'),
  'release-not-opened': w(
    409,
    'Сначала откройте переданный отчёт: открытие записывается.',
    'Open the released report first: its opening is recorded.',
  ),
  'paper-not-ready': w(
    409,
    'Отказаться от бумажного журнала ещё нельзя: условия не выполнены.',
    'Paper cannot be abandoned yet: the conditions do not hold.',
  ),
  'paper-abandoned': w(
    409,
    'Решение об отказе от бумажного журнала здесь уже действует.',
    'Paper is abandoned here already.',
  ),
  'paper-decision-unknown': w(
    404,
    'Такого решения об отказе от бумажного журнала нет.',
    'There is no such decision to abandon paper.',
  ),
  'paper-resumed': w(
    409,
    'Это решение уже отменено: бумажный журнал ведётся снова.',
    'The decision is taken back already: paper is kept again.',
  ),
  'paper-agrees': w(
    409,
    'Бумага и журнал в этом месте совпадают: расхождения нет.',
    'Paper and journal say the same at this place: there is no difference.',
  ),
  'dispute-answered': w(409, 'На это обращение уже отвечено.', 'This dispute is answered already.'),
  'comment-unknown': w(404, 'Такого комментария нет.', 'No such comment.'),
  'comment-not-own': w(
    403,
    'Изменить можно только свой комментарий.',
    'Only its author may reword a comment.',
  ),
  'person-at-school': w(
    409,
    'Человек ещё связан со школой: стирать его данные нельзя.',
    'The person still belongs to the school.',
  ),
  'retention-not-lapsed': w(
    409,
    'Срок хранения ещё не истёк.',
    'The term for which it must be kept is not over.',
  ),
  'destruction-unknown': w(404, 'Стирание не запрошено.', 'No destruction was asked for.'),
  'destruction-under-way': w(409, 'Стирание уже запрошено.', 'A destruction is under way already.'),
  'destruction-due': w(
    409,
    'Выдержка кончилась: отменить стирание уже нельзя.',
    'The quarantine is over: it cannot be taken back.',
  ),
  'second-person-required': w(
    403,
    'Подтвердить должен другой человек, а не тот, кто запросил.',
    'Somebody other than who asked must confirm.',
  ),
  'text-erased': w(
    410,
    'Этот текст стёрт вместе с ключом человека, о котором он был.',
    'The text was erased with the key of the person it spoke of.',
  ),
  'person-erased': w(
    410,
    'Ключ этого человека уничтожен или ждёт уничтожения: новый текст о нём не записывается.',
    'The key of this person is destroyed, or about to be: no new text about them is recorded.',
  ),
  'reason-required': w(422, 'Укажите причину исправления.', 'A correction needs a reason.'),
  'reason-unknown': w(422, 'Такой причины нет в справочнике школы.', 'The school has no such reason.'),
  'same-value': w(409, 'Это значение уже стоит.', 'The value stands already.'),

  'period-not-begun': w(409, 'Учебный период ещё не начался.', 'The study period has not begun.'),
  'period-not-over': w(
    409,
    'Последний учебный день периода ещё не наступил: закрыть страницу рано.',
    'The last school day of the period is still ahead.',
  ),
  'period-locked': w(
    409,
    'Период закрыт: записи на этой странице больше не меняются (§7В).',
    'The period is closed: the page takes no more entries.',
  ),
  'page-closed': w(409, 'Страница уже закрыта.', 'The page is closed already.'),
  'page-not-closed': w(409, 'Страница не закрыта: открывать нечего.', 'The page is not closed.'),
  'digest-differs': w(
    409,
    'Страница не та, которую подписывают: её свёртка другая.',
    'The page is not the one that is signed: its digest differs.',
  ),
  'signatures-not-configured': w(
    422,
    'Здесь не настроены удостоверяющие центры: подпись сертификатом проверить нечем.',
    'No certification authorities are configured here: a signature by certificate cannot be verified.',
  ),
  'signature-check-busy': w(
    503,
    'Подписей проверяется слишком много. Ничего не записано: повторите через несколько секунд.',
    'Too many signatures are being verified. Nothing was recorded: try again in some seconds.',
  ),
  'signature-malformed': w(
    422,
    'Это не отсоединённая подпись CMS с одним подписавшим и его сертификатом.',
    'This is no detached CMS signature of one signer with his certificate.',
  ),
  'signature-altered': w(
    422,
    'Подписан другой текст: свёртка в подписи не совпадает.',
    'Another text was signed: the digest in the signature differs.',
  ),
  'signature-invalid': w(
    422,
    'Подпись сделана не ключом этого сертификата.',
    'The signature was not made by the key of this certificate.',
  ),
  'certificate-expired': w(
    422,
    'Сертификат не действует в это время.',
    'The certificate is not in force at this time.',
  ),
  'certificate-untrusted': w(
    422,
    'Сертификат выдан не тем удостоверяющим центром, которому здесь доверяют.',
    'The certificate was not issued by a certification authority that is trusted here.',
  ),
  'certificate-revoked': w(
    422,
    'Сертификат отозван удостоверяющим центром до подписания.',
    'The certificate was revoked by its certification authority before the signing.',
  ),
  'signer-other-person': w(
    422,
    'Сертификат выдан другому человеку.',
    'The certificate was issued to another person.',
  ),
  'closing-incomplete': w(
    409,
    'Страницу нельзя закрыть: не хватает итоговых отметок или отметок за работы. Смотрите список.',
    'The page cannot be closed: finals or marks of works are missing, see the list.',
  ),
  'no-period-follows': w(
    422,
    'После этого периода в учебном году другого нет: перенести работу некуда.',
    'No period of the school year follows this one: a work cannot be moved.',
  ),
  'work-not-pending': w(
    422,
    'Переносят только работы этой страницы, срок отметок за которые ещё не прошёл. Смотрите список.',
    'Only works of this page whose deadline is still ahead can be moved, see the list.',
  ),
  'final-kind-not-here': w(
    422,
    'Такой итоговой отметки на этой странице не бывает.',
    'The page holds no finals of this kind.',
  ),
  'final-too-early': w(
    422,
    'Итоговые отметки школа ставит не раньше последней недели периода.',
    'The school sets finals no earlier than in the last week of the period.',
  ),
  'final-exists': w(
    409,
    'Итоговая отметка уже стоит: её можно исправить.',
    'The final stands already: correct it instead.',
  ),
  'final-unknown': w(404, 'Такой итоговой отметки нет.', 'No such final stands.'),
  'final-of-closed-page': w(
    409,
    'После закрытия периода итоговую отметку можно исправить, но не отозвать.',
    'After the closing a final is corrected, not withdrawn.',
  ),
  'postponement-too-short': w(
    422,
    'Отсрочка даётся до дня после конца периода и не раньше сегодняшнего.',
    'A postponement ends after the period and not before today.',
  ),
  'reopening-over': w(
    422,
    'Срок, до которого страница открывается, уже прошёл.',
    'The time until which the page would be open has passed.',
  ),

  'package-unknown': w(404, 'Такого архивного пакета нет.', 'There is no such package.'),
  'package-exists': w(409, 'Этот архивный пакет уже есть.', 'The package is there already.'),
  'package-accepted': w(
    409,
    'Архивный пакет уже принят на хранение.',
    'The package has been accepted already.',
  ),
  'manifest-differs': w(
    409,
    'Это опись другого пакета: в реестре у этого она другая.',
    'The manifest is of another package: the register knows this one by another.',
  ),
  'package-damaged': w(
    409,
    'Последняя проверка файла архивного пакета не прошла: восстановите файл и проверьте его снова.',
    'The last check of the file of the package failed: restore the file and have it checked again.',
  ),
  'package-destroyed': w(
    409,
    'Архивный пакет уничтожен по акту: осталась запись в реестре.',
    'The package was destroyed by an act: its entry in the register remains.',
  ),
  'retention-running': w(
    409,
    'Срок хранения пакета ещё не истёк.',
    'The package must be kept: its term is not over.',
  ),
  'destruction-not-approved': w(
    409,
    'Уничтожение пакета не утверждено руководителем.',
    'The head has not approved the destruction of the package.',
  ),
  'print-set-exists': w(
    409,
    'Печатный комплект за этот год уже зарегистрирован.',
    'The print set of that year has been registered already.',
  ),
  'printed-in-future': w(422, 'Дата печати ещё не наступила.', 'The date of printing has not come yet.'),

  'stale-version': w(
    409,
    'Значение уже изменено: вот нынешнее.',
    'The value has changed: here is the present one.',
  ),
  'stale-revision': w(
    409,
    'Страница уже изменена после того, как вы её читали.',
    'The stream has changed since you read it.',
  ),
  'command-id-reused': w(
    422,
    'Этот Idempotency-Key уже использован для другой команды.',
    'The Idempotency-Key was used for another command.',
  ),
  'record-too-large': w(413, 'Запись слишком велика.', 'The record would be too large.'),
}

/** What the service itself says. */
const ANSWERS = {
  'malformed-request': w(
    400,
    'Запрос составлен неверно: смотрите поля.',
    'The request is malformed: see the fields.',
  ),
  'malformed-json': w(400, 'Тело запроса — не JSON.', 'The body is not JSON.'),
  'malformed-text': w(
    400,
    'В тексте есть символы, которые нельзя сохранить.',
    'The text holds characters that cannot be kept.',
  ),
  'blank-text': w(
    422,
    'Текст пуст: нужно не меньше трёх букв.',
    'The text is blank: at least three letters.',
  ),
  'text-too-long': w(422, 'Текст слишком длинный.', 'The text is too long.'),
  'body-too-large': w(413, 'Тело запроса слишком велико.', 'The body is too large.'),
  'media-type-unsupported': w(
    415,
    'Тело такого типа здесь не принимается: обычно нужен application/json.',
    'A body of that type is not accepted here: mostly it is application/json.',
  ),
  'file-unreadable': w(422, 'Файл не читается.', 'The file cannot be read.'),
  'rows-invalid': w(
    422,
    'В файле есть ошибки: ничего не записано.',
    'The file has errors: nothing was recorded.',
  ),
  unauthenticated: w(401, 'Войдите: нужен токен доступа.', 'An access token is required.'),
  'token-expired': w(401, 'Срок токена истёк: войдите снова.', 'The token has expired.'),
  'token-invalid': w(401, 'Токен недействителен.', 'The token is not valid.'),
  'login-failed': w(401, 'Неверное имя или пароль.', 'Wrong log-in or password.'),
  'session-ended': w(401, 'Сеанс завершён: войдите снова.', 'The session has ended.'),
  'refresh-token-invalid': w(401, 'Токен обновления недействителен.', 'The refresh token is not valid.'),
  'refresh-token-replayed': w(
    401,
    'Токен обновления использован второй раз: сеанс завершён, войдите снова.',
    'The refresh token was used a second time: the session was ended.',
  ),
  'log-in-locked': w(
    429,
    'Слишком много неудачных попыток входа: подождите.',
    'Too many failed attempts to log in: wait.',
  ),
  'rules-not-accepted': w(
    403,
    'Сначала примите правила доступа: accept-rules.',
    'Accept the rules of access first: accept-rules.',
  ),
  'external-issuer-not-configured': w(
    409,
    'Вход через внешнего издателя не настроен (LETOPIS_OIDC_ISSUER).',
    'Log-in at an external issuer is not configured (LETOPIS_OIDC_ISSUER).',
  ),
  'external-issuer-unavailable': w(
    503,
    'Внешний издатель не отвечает: повторите позже или войдите по паролю.',
    'The external issuer does not answer: try again, or log in by a password.',
  ),
  'external-log-in-refused': w(
    401,
    'Внешний издатель не подтвердил вход: начните снова.',
    'The external issuer did not confirm the log-in: begin again.',
  ),
  'external-log-in-unknown': w(
    401,
    'Такой вход не начат, уже закончен или длился слишком долго: начните снова.',
    'No such log-in was begun, or it was finished or took too long: begin again.',
  ),
  'external-identity-not-linked': w(
    403,
    'С этим пользователем издателя не связана учётная запись школы: обратитесь к администратору.',
    'No account of the school is linked with this identity: turn to the administrator.',
  ),
  'service-token-unapproved': w(
    403,
    'Обмен по этому токену ещё не одобрен руководителем школы.',
    'The head of the school has not approved the exchange of this token yet.',
  ),
  'service-token-ended': w(
    401,
    'Токен внешней системы отозван или истёк: нужен новый.',
    'The token of the external system was revoked or has expired.',
  ),
  'set-not-agreed': w(
    403,
    'Токен внешней системы этого не открывает: ему доступны только согласованные наборы.',
    'The token of the external system does not open this: it opens agreed sets only.',
  ),
  'too-many-requests': w(
    429,
    'Слишком много запросов от этой внешней системы: подождите.',
    'Too many requests of this external system: wait.',
  ),
  'session-unknown': w(404, 'Такого сеанса нет.', 'No such session.'),
  'school-unknown': w(404, 'Такой школы нет.', 'No such school.'),
  'route-unknown': w(404, 'Такого адреса нет.', 'No such address.'),
  'streams-exhausted': w(
    429,
    'Открыто слишком много потоков событий: закройте лишние.',
    'Too many streams of events are open: close those that are not needed.',
  ),
  'rebuild-running': w(409, 'Это представление уже перестраивается.', 'The read model is being rebuilt.'),
  'backup-running': w(409, 'Резервная копия уже делается.', 'A backup copy is being made already.'),
  'backup-not-configured': w(
    409,
    'Папка резервных копий не настроена (LETOPIS_BACKUP_DIR).',
    'No folder for backup copies is configured (LETOPIS_BACKUP_DIR).',
  ),
  'archive-not-configured': w(
    409,
    'Папка архива не настроена (LETOPIS_ARCHIVE_DIR), или журнал не печатается (LETOPIS_SEAL_DIR).',
    'No folder for the archive is configured (LETOPIS_ARCHIVE_DIR), or the log is not sealed (LETOPIS_SEAL_DIR).',
  ),
  'nothing-to-package': w(
    404,
    'Архивировать нечего: страниц журнала здесь нет.',
    'There is nothing to package: no page of the journal is there.',
  ),
  'pages-not-closed': w(
    409,
    'Не все страницы закрыты: в архив передают законченное.',
    'Some pages are not closed: what is over is archived.',
  ),
  'erasure-unknown': w(
    404,
    'Данные этого человека не стирали: акта нет.',
    'Nothing was erased of this person: there is no act.',
  ),
  'package-file-missing': w(
    410,
    'Файла пакета в архиве нет.',
    'The file of the package is not in the archive.',
  ),
  'range-not-satisfiable': w(416, 'В файле нет таких байтов.', 'The file has no such bytes.'),
  'package-outdated': w(
    409,
    'Пока пакет готовился, изменилось то, что в нём показано: закажите его снова.',
    'What the package shows changed while it was made: ask for it again.',
  ),
  'log-not-sealed': w(
    404,
    'Журнал ещё ни разу не запечатан (letopis keys new, LETOPIS_SEAL_DIR).',
    'The log has never been sealed (letopis keys new, LETOPIS_SEAL_DIR).',
  ),
  'log-not-cosigned': w(
    404,
    'Ни под одной контрольной точкой нет стольких подписей свидетелей.',
    'No checkpoint has been cosigned by so many witnesses.',
  ),
  'event-not-sealed': w(
    404,
    'Такого события под печатью нет. Только что записанное появится через несколько секунд.',
    'No such event is sealed. One that was recorded just now follows within seconds.',
  ),
  'as-of-ahead': w(
    422,
    'Это мгновение ещё не наступило: прошлое показывают только до настоящего.',
    'This instant has not come yet: the past ends now.',
  ),
  'size-not-sealed': w(
    422,
    'Размеры — по возрастанию, и второй не больше подписанного.',
    'Sizes ascend, and the second is at most the one that was signed.',
  ),
  'tile-unknown': w(404, 'Такой плитки в дереве нет.', 'The tree has no such tile.'),
  'entries-not-public': w(
    403,
    'Сами записи не публикуются: в них данные школы. Открыты только хеши.',
    'The records themselves are not public: they hold data of the school. The hashes are.',
  ),
  'csv-empty': w(422, 'Файл пуст: в нём нет строки заголовков.', 'The file is empty: it has no headings.'),
  'csv-windows-1251': w(
    422,
    'Файл в кодировке Windows-1251: сохраните его в UTF-8 или укажите encoding=windows-1251.',
    'The file is in Windows-1251: save it as UTF-8, or say encoding=windows-1251.',
  ),
  'csv-encoding-unknown': w(
    422,
    'Кодировка файла не распознана: сохраните его в UTF-8.',
    'The encoding of the file is not known: save it as UTF-8.',
  ),
  'csv-malformed': w(422, 'Файл — не CSV: смотрите строку.', 'The file is no CSV: see the line.'),
  'csv-column-unknown': w(422, 'В этом списке нет такого столбца.', 'The list has no such column.'),
  'csv-column-missing': w(422, 'В файле нет обязательного столбца.', 'A required column is missing.'),
  'csv-column-repeated': w(422, 'Столбец в файле назван дважды.', 'A column stands twice.'),
  'csv-too-many-rows': w(413, 'В файле слишком много строк: разделите его.', 'The file has too many rows.'),
  'zip-malformed': w(
    422,
    'Файл — не архив ZIP, или он повреждён.',
    'The file is no ZIP archive, or a broken one.',
  ),
  'zip-too-large': w(
    413,
    'Архив слишком велик в распакованном виде.',
    'The archive is too large when unpacked.',
  ),
  'oneroster-manifest-missing': w(
    422,
    'В архиве нет manifest.csv: это не набор OneRoster.',
    'The archive has no manifest.csv: it is no OneRoster bundle.',
  ),
  'oneroster-version-unknown': w(
    422,
    'Это набор не версии OneRoster 1.2.',
    'The bundle is not of OneRoster 1.2.',
  ),
  'oneroster-delta': w(
    422,
    'Принимаются только полные наборы (bulk), не изменения (delta).',
    'Bulk bundles are accepted, deltas are not.',
  ),
  'oneroster-file-missing': w(
    422,
    'В наборе нет нужного файла, или manifest.csv не называет его bulk.',
    'The bundle lacks a file, or its manifest does not call it bulk.',
  ),
  'import-refused': w(
    422,
    'В файле есть ошибки, поэтому ничего не записано: смотрите строки и столбцы.',
    'The file has errors, so nothing was recorded: see the lines and columns.',
  ),
  'import-unknown': w(404, 'Такого импорта не было, или его отчёт уже убран.', 'No such import is known.'),
  'import-running': w(
    409,
    'В этой школе уже идёт импорт: дождитесь его окончания.',
    'An import of this school is running already.',
  ),
  'import-interrupted': w(
    503,
    'Импорт прервался вместе с процессом: повторите его, записанное не запишется дважды.',
    'The import ended with its process: repeat it, nothing is recorded twice.',
  ),
  'not-caught-up': w(
    503,
    'Представление ещё не догнало вашу запись: повторите через секунду.',
    'The read model has not caught up yet: try again.',
  ),
  'stream-busy': w(
    503,
    'Слишком много одновременных записей в одно место. Ничего не записано: повторите через секунду.',
    'Too many writers at one place. Nothing was recorded: try again.',
  ),
  unavailable: w(
    503,
    'Хранилище не отвечает. Повторите с тем же Idempotency-Key: команда не запишется дважды.',
    'The store does not answer. Repeat with the same Idempotency-Key: nothing is recorded twice.',
  ),
  internal: w(
    500,
    'Внутренняя ошибка. Сообщите номер запроса поддержке.',
    'Internal error. Tell support the request id.',
  ),
} as const satisfies Record<string, Wording>

export type Problem = Reason | keyof typeof ANSWERS

export const PROBLEMS: Readonly<Record<Problem, Wording>> = { ...REFUSALS, ...ANSWERS }

/** RFC 9457, `application/problem+json`. `type` leads to a page that explains it; `facts` are of this one case. */
export interface ProblemDetails {
  readonly type: string
  readonly title: string
  readonly titleEn: string
  readonly status: number
  /** The machine code: the last part of `type`. */
  readonly reason: Problem
  /** The id of the request, for support and for the request log. */
  readonly instance: string
  readonly facts?: Readonly<Record<string, unknown>>
}

export function problemDetails(
  reason: Problem,
  instance: string,
  facts: Readonly<Record<string, unknown>> = {},
): ProblemDetails {
  const { status, ru, en } = PROBLEMS[reason]
  const rest = Object.keys(facts).length === 0 ? {} : { facts }
  return { type: `/problems/${reason}`, title: ru, titleEn: en, status, reason, instance, ...rest }
}

/** Thrown in a handler where the answer is a problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly reason: Problem
  readonly facts: Readonly<Record<string, unknown>>

  constructor(reason: Problem, facts: Readonly<Record<string, unknown>> = {}) {
    super(reason)
    this.reason = reason
    this.facts = facts
  }
}

function w(status: number, ru: string, en: string): Wording {
  return { status, ru, en }
}

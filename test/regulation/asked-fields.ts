/**
 * What each command asks for, field by field: the law of test/regulation/asked-once.test.ts holds this table against
 * the schemas of the commands. A field
 *
 * - is `about` something that is there: an id, or a place in the timetable or the calendar;
 * - belongs to the `act` alone: since when, by which order, why, and what was seen before;
 * - `records` a fact (`field=fact`) that no other command records;
 * - `corrects` a fact that was recorded: what stood before is kept;
 * - `replaces` it from a date on;
 * - or (`or`) records it where the first command was not given: of another person, of an exam whose results come later.
 *
 * `record-whole-lesson` has no line: it is made of the commands of its parts.
 */
export interface Asked {
  readonly about?: string
  readonly act?: string
  readonly records?: string
  readonly corrects?: string
  readonly replaces?: string
  readonly or?: string
}

export const ASKED: Readonly<Record<string, Asked>> = {
  'open-account': { about: 'account person', records: 'login=account.login password=account.password' },
  'grant-role': {
    about: 'account',
    act: 'from until',
    records:
      'role=account.role scope.grades[]=account.competence.grades scope.subjects[]=account.competence.subjects',
  },
  'end-role': { about: 'account role', act: 'from' },
  'receive-access-application': {
    about: 'account pupil version',
    records: 'appliedOn=access-application.date',
  },
  'issue-activation-code': { about: 'account pupil', act: 'reason days' },
  'accept-rules': { about: 'account version' },
  'replace-password': { about: 'account', act: 'old', corrects: 'new=account.password' },
  'replace-log-in-name': { about: 'account', corrects: 'login=account.login' },
  'report-lost-credentials': { about: 'account pupil', act: 'reason' },
  'block-account': { about: 'account', act: 'reason' },
  'unblock-account': { about: 'account', act: 'reason' },
  'disable-account': { about: 'account', act: 'reason' },
  'report-breach': {
    about: 'account',
    records: 'learnedAt=breach.learned-at compromisedFrom=breach.suspected-from text=breach.told',
  },
  'receive-breach-as-head': { about: 'incident', records: 'receivedAt=breach.received-by-head' },
  'receive-breach-as-support': { about: 'incident', records: 'receivedAt=breach.received-by-support' },
  'withdraw-breach': { about: 'incident', act: 'text' },
  'declare-compromise': { about: 'incident', records: 'compromisedFrom=breach.decided-from' },
  'confirm-suspect-operations': { about: 'incident operations[]' },
  'annul-suspect-operations': { about: 'incident operations[]', act: 'order.number order.date text' },
  'restore-access': { about: 'incident', act: 'order.number order.date' },
  'set-support-hours': {
    act: 'effectiveFrom',
    records:
      'channel=support.channel hours[].weekday=support.weekday hours[].from=support.opens hours[].until=support.closes answerMinutes=support.answer-time',
  },
  'open-ticket': { about: 'request', records: 'kind=ticket.kind text=ticket.question' },
  'add-to-ticket': { about: 'ticket', records: 'text=ticket.addition' },
  'answer-ticket': { about: 'ticket', records: 'text=ticket.answer' },
  'close-ticket': { about: 'ticket', records: 'outcome=ticket.outcome text=ticket.closing-words' },
  'withdraw-ticket': { about: 'ticket', act: 'text' },
  'link-external-identity': { about: 'account', records: 'issuer=identity.issuer subject=identity.subject' },
  'unlink-external-identity': { about: 'account identity' },
  'issue-service-token': { about: 'token', records: 'system=token.system sets[]=token.sets days=token.term' },
  'approve-service-token': { about: 'token' },
  'revoke-service-token': { about: 'token', act: 'reason' },
  'request-key-destruction': {
    about: 'person pupil',
    act: 'order.number order.date',
    records: 'purposes[]=erasure.purposes',
  },
  'confirm-key-destruction': { about: 'person' },
  'cancel-key-destruction': { about: 'person' },
  'open-school-year': {
    about: 'year',
    records: 'from=year.first-day until=year.last-day zone=school.zone schoolDays[]=school.week',
  },
  'adopt-policy': { act: 'effectiveFrom preset', records: 'policy.*=rules' },
  'plan-periods': {
    about: 'year grades[] units[] periods[].period',
    records:
      'structure=period.structure periods[].name=period.name periods[].from=period.from periods[].until=period.until',
  },
  'move-period': {
    about: 'year period grades[] units[] also[].period',
    corrects: 'from=period.from until=period.until also[].from=period.from also[].until=period.until',
  },
  'plan-holidays': {
    about: 'year',
    records:
      'holidays[].name=holidays.name holidays[].from=holidays.from holidays[].until=holidays.until holidays[].grades[]=holidays.grades holidays[].units[]=holidays.units',
  },
  'add-school-day': { about: 'year grades[] units[]', records: 'date=school-day.date' },
  'set-school-week': {
    about: 'year grades[] units[]',
    act: 'effectiveFrom',
    replaces: 'schoolDays[]=school.week',
  },
  'schedule-bells': {
    about: 'year grades[] units[]',
    act: 'effectiveFrom',
    records: 'shift=bells.shift bells[].number=bells.number bells[].from=bells.begin bells[].until=bells.end',
  },
  'declare-empty-section': { about: 'year section' },
  'register-outage': {
    act: 'text order.number order.date',
    records: 'from=outage.from until=outage.until measured=outage.measured enterBy=outage.enter-by',
  },
  'withdraw-outage': { about: 'outage', act: 'text' },
  'resume-paper': { about: 'decision', act: 'order.number order.date from' },
  'grant-operator-read': { act: 'until text' },
  'withdraw-operator-read': { act: 'text' },
  'add-room': { records: 'room=room.name purpose=room.purpose seats=room.seats' },
  'close-room': { about: 'room', act: 'from' },
  'add-subject': { about: 'subject', records: 'name=subject.name component=subject.component' },
  'hire-staff': {
    about: 'staff',
    act: 'from',
    records: 'name.family=person.family name.given=person.given name.patronymic=person.patronymic',
  },
  'release-staff': { about: 'staff', act: 'from' },
  'enrol-pupil': {
    about: 'pupil',
    act: 'from order.number order.date',
    or: 'name.family=person.family name.given=person.given name.patronymic=person.patronymic',
  },
  'register-representative': {
    about: 'pupil representative',
    act: 'from',
    records: 'kinship=representative.kinship',
    or: 'name.family=person.family name.given=person.given name.patronymic=person.patronymic',
  },
  'end-representation': { about: 'pupil representative', act: 'from' },
  'give-consent': {
    about: 'pupil representative',
    records: 'scope[]=consent.scope notice=consent.notice signedOn=consent.of-paper',
  },
  'refuse-consent': {
    about: 'pupil representative',
    or: 'notice=consent.notice signedOn=consent.of-paper',
  },
  'withdraw-consent': { about: 'pupil representative', or: 'signedOn=consent.of-paper' },
  'correct-person-name': {
    about: 'person',
    act: 'reason document.kind document.date',
    corrects: 'name.family=person.family name.given=person.given name.patronymic=person.patronymic',
  },
  'correct-representative-name': {
    about: 'pupil representative',
    act: 'reason document.kind document.date',
    corrects: 'name.family=person.family name.given=person.given name.patronymic=person.patronymic',
  },
  'form-class': { about: 'class year', records: 'grade=class.grade name=class.name' },
  'place-in-class': { about: 'pupils[]', act: 'from order.number order.date', records: 'class=pupil.class' },
  'remove-from-class': { about: 'class pupil', act: 'from order.number order.date' },
  'transfer-pupil': { about: 'pupil class', act: 'from order.number order.date', replaces: 'to=pupil.class' },
  'release-pupil': { about: 'pupil', act: 'from reason order.number order.date' },
  'approve-movement': { act: 'order.number order.date through' },
  'appoint-class-teacher': { about: 'class', act: 'from', records: 'staff=class.teacher' },
  'declare-pilot': { about: 'class', act: 'from until order.number order.date' },
  'end-pilot': { about: 'class', act: 'until' },
  'form-group': { about: 'group year', records: 'name=group.name kind=group.kind classes[]=group.classes' },
  'join-group': { about: 'pupils[]', act: 'from', records: 'group=pupil.group' },
  'leave-group': { about: 'group pupil', act: 'from' },
  'adopt-curriculum': {
    about:
      'year curriculum for.kind for.grade for.profiles[] for.classes[] for.groups[] for.class for.group for.pupil lines[].subject',
    act: 'effectiveFrom until',
    records: 'name=curriculum.name lines[].component=curriculum.component lines[].hours=curriculum.hours',
  },
  'open-journal': {
    about: 'year journal learners.kind learners.class learners.group',
    records: 'subject=journal.subject type=journal.type grading=journal.grading name=journal.name',
  },
  'assign-teacher': { about: 'year journal', act: 'from', records: 'staff=journal.teacher' },
  'approve-teaching-load': { about: 'year', act: 'through order.number order.date' },
  'release-teacher': { about: 'year journal staff', act: 'from' },
  'schedule-week': {
    about: 'year class',
    act: 'effectiveFrom',
    records:
      'slots[].weekday=class-week.weekday slots[].number=class-week.number slots[].journal=class-week.journal slots[].room=class-week.room',
  },
  'schedule-group-week': {
    about: 'year group',
    act: 'effectiveFrom',
    records:
      'slots[].weekday=group-week.weekday slots[].number=group-week.number slots[].journal=group-week.journal slots[].room=group-week.room',
  },
  'adopt-topic-plan': {
    about: 'year journal',
    act: 'effectiveFrom',
    records:
      'sections[].title=plan.section sections[].items[].topic=plan.topic sections[].items[].hours=plan.hours sections[].items[].kinds[]=plan.kinds sections[].items[].plannedOn=plan.planned-on',
  },
  'approve-topic-plan': { about: 'year journal version' },
  'plan-test': {
    about: 'year test journal',
    records: 'date=test.date form=test.form topic=test.topic internalControl=test.internal-control',
  },
  'move-test': { about: 'year test', act: 'note', corrects: 'date=test.date' },
  'cancel-test': { about: 'year test', act: 'note' },
  'order-substitution': {
    about: 'year journal date number',
    act: 'order.number order.date reason',
    records: 'substitute=planned-lesson.substitute',
  },
  'withdraw-substitution': { about: 'year journal date number', act: 'order.number order.date' },
  'transfer-lesson': {
    about: 'year journal date number',
    act: 'order.number order.date reason',
    records:
      'to.date=planned-lesson.moved-to-date to.number=planned-lesson.moved-to-number to.room=planned-lesson.moved-to-room',
  },
  'cancel-lessons': {
    about: 'year date lessons[].journal lessons[].number classes[]',
    act: 'reason order.number order.date',
  },
  'restore-lesson': { about: 'year journal date number', act: 'order.number order.date reason' },
  'change-room': { about: 'year journal date number', records: 'room=planned-lesson.room' },
  'combine-lessons': {
    about: 'year date number journals[]',
    act: 'order.number order.date',
    records: 'teacher=combination.teacher',
  },
  'separate-lessons': { about: 'year journal date number', act: 'order.number order.date' },
  'open-page': { about: 'year journal period', replaces: 'grading=journal.grading' },
  'change-grading': { about: 'page', replaces: 'grading=journal.grading' },
  'record-lesson': {
    about: 'page date number',
    records:
      'topic=lesson.topic material=lesson.material type=lesson.type asSubstitute=lesson.given-as-substitute',
  },
  'correct-lesson': {
    about: 'page lesson',
    act: 'expectedVersion reason note',
    corrects: 'topic=lesson.topic material=lesson.material type=lesson.type',
  },
  'take-attendance': { about: 'page lesson absentees[].pupil', records: 'absentees[].code=attendance.code' },
  'change-absence-code': {
    about: 'page lesson pupil',
    act: 'expectedVersion reason note document.number document.date',
    corrects: 'code=attendance.code',
  },
  'exempt-from-practice': {
    about: 'page pupil',
    act: 'document.number document.date',
    records: 'from=exemption.from until=exemption.until',
  },
  'withdraw-exemption': { about: 'page exemption', act: 'expectedVersion reason note' },
  'record-marks': {
    about: 'page lesson marks[].pupil',
    records:
      'kind=work.kind weight=work.weight marks[].value=mark.value marks[].criteria[].criterion=mark.criterion marks[].criteria[].score=mark.score marks[].criteria[].max=mark.most',
  },
  'correct-mark': {
    about: 'page entry dispute',
    act: 'expectedVersion reason note',
    corrects:
      'value=mark.value criteria[].criterion=mark.criterion criteria[].score=mark.score criteria[].max=mark.most',
  },
  'withdraw-mark': { about: 'page entry dispute', act: 'expectedVersion reason note' },
  'credit-missed-topic': {
    about: 'page lesson pupil',
    act: 'protocol.number protocol.date',
    records:
      'kind=credit.kind value=credit.value criteria[].criterion=credit.criterion criteria[].score=credit.score criteria[].max=credit.most examiners[]=credit.examiners',
  },
  'record-assessment': {
    about: 'page assessment marks[].pupil',
    records:
      'date=assessment.date kind=assessment.kind name=assessment.name weight=assessment.weight resultsReceivedAt=assessment.received-at marks[].value=assessment.value marks[].criteria[].criterion=assessment.criterion marks[].criteria[].score=assessment.score marks[].criteria[].max=assessment.most',
  },
  'await-assessment-results': {
    about: 'page assessment',
    or: 'date=assessment.date kind=assessment.kind name=assessment.name',
  },
  'receive-assessment-results': {
    about: 'page assessment pupils[]',
    or: 'receivedAt=assessment.received-at weight=assessment.weight',
  },
  'correct-assessment-results': {
    about: 'page assessment receivedAt pupils[]',
    act: 'expectedVersion reason note',
  },
  'add-assessment-marks': {
    about: 'page assessment marks[].pupil',
    or: 'marks[].value=assessment.value marks[].criteria[].criterion=assessment.criterion marks[].criteria[].score=assessment.score marks[].criteria[].max=assessment.most',
  },
  'dispute-mark': { about: 'page pupil entry', records: 'text=dispute.words' },
  'refuse-dispute': { about: 'page dispute', records: 'text=dispute.answer' },
  'register-paper-difference': {
    about: 'page lesson pupil',
    records: 'what=difference.what paper=difference.paper foundOn=difference.found-on',
  },
  'explain-paper-difference': { about: 'page difference', records: 'text=difference.explanation' },
  'record-inspection': {
    about: 'year of.kind of.journal of.class of.pupil findings[].page findings[].lesson findings[].pupil',
    records:
      'date=inspection.date purpose=inspection.purpose findings[].text=finding.text findings[].remedyBy=finding.remedy-by',
  },
  'answer-finding': { about: 'year finding', records: 'text=finding.answer' },
  'close-finding': { about: 'year finding' },
  'reopen-finding': { about: 'year finding', act: 'text', or: 'remedyBy=finding.remedy-by' },
  'open-released-report': { about: 'year release' },
  'set-homework': {
    about: 'page lesson',
    records:
      'text=homework.text due=homework.due manner=homework.manner minutes=homework.minutes attachments[].title=homework.attachment-title attachments[].url=homework.attachment-url',
  },
  'correct-homework': {
    about: 'page lesson',
    act: 'expectedVersion reason note',
    corrects:
      'text=homework.text due=homework.due manner=homework.manner minutes=homework.minutes attachments[].title=homework.attachment-title attachments[].url=homework.attachment-url',
  },
  'review-homework': {
    about: 'page lesson',
    act: 'expectedVersion',
    records:
      'verdict=homework-review.verdict aspects[]=homework-review.unsuitable-in text=homework-review.comment',
  },
  'decline-homework': { about: 'page lesson', act: 'expectedVersion reason note' },
  'set-individual-homework': {
    about: 'page lesson pupils[]',
    records:
      'text=own-homework.text due=own-homework.due manner=own-homework.manner minutes=own-homework.minutes attachments[].title=own-homework.attachment-title attachments[].url=own-homework.attachment-url',
  },
  'correct-individual-homework': {
    about: 'page lesson pupil',
    act: 'expectedVersion reason note',
    corrects:
      'homework.text=own-homework.text homework.due=own-homework.due homework.manner=own-homework.manner homework.minutes=own-homework.minutes homework.attachments[].title=own-homework.attachment-title homework.attachments[].url=own-homework.attachment-url',
  },
  'add-remark': { about: 'page pupil lesson', records: 'kind=remark.kind text=remark.text' },
  'withdraw-remark': { about: 'page remark', act: 'expectedVersion reason note' },
  'add-comment': { about: 'page lesson on.kind on.entry', records: 'text=comment.text' },
  'correct-comment': { about: 'page comment', act: 'expectedVersion', corrects: 'text=comment.text' },
  'record-finals': { about: 'page finals[].pupil', records: 'kind=final.kind finals[].value=final.value' },
  'correct-final': {
    about: 'page pupil kind',
    act: 'expectedVersion reason note',
    corrects: 'value=final.value',
  },
  'withdraw-final': { about: 'page pupil kind', act: 'expectedVersion reason note' },
  'postpone-final': {
    about: 'page pupil',
    act: 'reason order.number order.date',
    records: 'until=postponement.until',
  },
  'close-page': { about: 'page', records: 'excuse[]=closing.excused carry[]=closing.carried' },
  'reopen-page': {
    about: 'page pupils[]',
    act: 'reason note order.number order.date',
    records: 'until=reopening.until',
  },
  'sign-page': { about: 'page', act: 'digest password', records: 'cms=signature.cms' },
  'set-form-of-education': {
    about: 'pupil',
    act: 'from order.number order.date',
    records: 'form=pupil.form-of-education',
  },
  'credit-finals': {
    about: 'pupil year finals[].subject finals[].period',
    act: 'document.number document.date extract',
    records: 'issuedBy=credited.issuer finals[].value=credited.value finals[].grading=credited.grading',
  },
  'record-attestation': {
    about: 'pupil year subject',
    act: 'protocol.number protocol.date',
    records:
      'stage=attestation.stage date=attestation.date commission[]=attestation.commission value=attestation.value grading=attestation.grading',
  },
  'correct-attestation': { about: 'attestation', act: 'note', corrects: 'value=attestation.value' },
  'decide-promotion': {
    about: 'class pupils[]',
    act: 'order.number order.date',
    records: 'decision=pupil.promotion',
  },
  'acknowledge-diary': { about: 'pupil representative week item', act: 'seen' },
  'subscribe-to-diary': {
    about: 'pupil representative channel',
    records: 'date=subscription.of-paper',
  },
  'unsubscribe-from-diary': { about: 'pupil representative channel' },
  'give-contact': {
    about: 'pupil representative',
    records: 'channel=contact.channel address=contact.address form=contact.form date=contact.of-paper',
  },
  'confirm-contact': { about: 'pupil representative contact', act: 'code' },
  'confirm-written-contact': { about: 'pupil representative contact' },
  'withdraw-contact': { about: 'pupil representative contact', act: 'reason' },
  'send-message': {
    about: 'message to.kind to.pupil to.class to.group',
    records: 'subject=message.subject text=message.text',
  },
  'withdraw-message': { about: 'message', act: 'note' },
  'confirm-message-read': { about: 'message' },
  'sign-package': { about: 'package', act: 'manifest', records: 'cms=package.signature' },
  'accept-package': { about: 'package', records: 'act=package.acceptance-act' },
  'approve-destruction': { about: 'package', act: 'order.number order.date' },
  'destroy-package': { about: 'package', act: 'text', records: 'act=package.destruction-act' },
  'register-print-set': {
    about: 'year packages[]',
    act: 'order.number order.date',
    records:
      'printed=print-set.printed volumes=print-set.volumes sheets=print-set.sheets signedBy=print-set.signed-by',
  },
  'activate-account': { about: 'account', act: 'code', corrects: 'password=account.password' },
}

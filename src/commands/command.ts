import type { z } from 'zod'
import type { DomainEvent } from '#events/registry.ts'
import type { FoundOperation, Window } from '#events/void-rule.ts'
import type { Competence, Matter } from '#values/competence.ts'
import type { PersonalText, Purpose } from '#values/personal-text.ts'
import type { ExchangeSet } from '#values/exchange-set.ts'
import { mayAct, type Operation } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import type { SchoolSlug, SchoolYear } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { AccessState } from './access/state.ts'
import type { FamilyState } from './family/state.ts'
import type { Fold } from './fold.ts'
import type { ReferenceName, References } from './references.ts'
import type { Reason, Refusal } from './refusal.ts'

/** The person who acts, and the role in which. */
export interface Actor {
  readonly account: Uuid
  readonly person: Uuid
  readonly role: Role
  /** The credential epoch of the account. */
  readonly cred: number
  /** Of a deputy: the parts of the school that this person answers for; absent and null are all of it. */
  readonly competence?: Competence
  /** The session of the request, where it has one. */
  readonly session?: Uuid
  /** Of an external system: what was agreed with it. */
  readonly agreed?: readonly ExchangeSet[]
}

/** Everything on which a rule decides. It is all values: a rule does no I/O and asks no clock. */
export interface Given<Input, State, Needs extends ReferenceName> {
  readonly school: SchoolSlug
  readonly actor: Actor
  readonly input: Input
  /** The stream that the command changes, folded without void events. */
  readonly state: Readonly<State>
  readonly references: Readonly<Pick<References, Needs>>
  /** The journal pages for which the command asked, by id; an empty state where a page is not open. */
  readonly pages: ReadonlyMap<Uuid, unknown>
  /** The families for which the command asked ({@link Command.families}), by pupil. */
  readonly families: ReadonlyMap<Uuid, Readonly<FamilyState>>
  /** What a text says for which the command asked by {@link Command.reads}; null where it was erased. */
  readonly text: (of: PersonalText) => string | null
  /**
   * The accounts that ever had the role for whose holders the command asked, by id, without those that a breach has cut
   * off; none where it asked for none.
   */
  readonly holders: ReadonlyMap<Uuid, Readonly<AccessState>>
  /** The operations of the window that the command asked for, in the order of the log; none where it asked for none. */
  readonly operations: readonly FoundOperation[]
  readonly now: Instant
  /** What {@link Command.prove} found; absent where it proves nothing. */
  readonly proof?: SignatureProof
  /** Makes an id for a new thing of this command: the same name gives the same id when the command is repeated. */
  readonly newId: (name: string) => Uuid
}

/** What a rule says: the facts that happened, in order; none when everything is so already; or no, and why. */
export type Decision = readonly DomainEvent[] | Refusal

/**
 * One command: its shape, who may, and its rule, together in one file, so that none of them can be forgotten.
 * The file, the last segment of its URL and its `operationId` all carry its name.
 */
export interface Command<
  Input extends z.ZodObject = z.ZodObject,
  State = unknown,
  Needs extends ReferenceName = ReferenceName,
> {
  readonly name: string
  /** Where it is posted, below `/v1/schools/{school}/`; parameters are fields of `input`: `pages/:page`. */
  readonly path: string
  /** What it does, in Russian, for people who read the API. */
  readonly summary: string
  /** The row of the matrix of rights: it says which roles may (`src/values/rights.ts`). */
  readonly operation: Operation
  /** The set in which an external system may be agreed to give it beside the roles of the row; without one it may not. */
  readonly exchange?: ExchangeSet
  /** It is about the own account of the person, so that any role will do: nobody is asked in which. */
  readonly asOneself?: true
  /** It is how worthless credentials become new ones: whoever has the old ones may give it. */
  readonly renewsCredentials?: true
  readonly input: Input
  readonly fold: Fold<State>
  /** The id of the stream within its category. */
  stream(input: z.output<Input>): string | number
  /** The reference streams that the rule looks at; they are recorded in `meta.basis`. */
  readonly needs: readonly Needs[]
  /** The school year of those among them that belong to one; a refusal when the command has no ground to stand on. */
  year?(input: z.output<Input>, state: Readonly<State>, now: Instant): SchoolYear | Refusal
  /** The pupil whose family the rule looks at, where it needs `family`; null is nobody's. */
  pupil?(input: z.output<Input>): Uuid | null
  /** The pupils at whose families the rule looks, where they are several. */
  families?(
    input: z.output<Input>,
    references: Readonly<Pick<References, Needs>>,
    now: Instant,
  ): readonly Uuid[]
  /** The journal at whose topic plan the rule looks, where it needs `topicPlan`; null is none. */
  journal?(input: z.output<Input>, state: Readonly<State>): Uuid | null
  /** The account at whose access the rule looks, where it needs `access`; null is nobody's. */
  account?(input: z.output<Input>): Uuid | null
  /** The journal pages at which the rule looks, where it is of another stream: whether a lesson is recorded already. */
  pages?(
    input: z.output<Input>,
    state: Readonly<State>,
    references: Readonly<Pick<References, Needs>>,
  ): readonly Uuid[]
  /**
   * The role at whose holders the rule looks: whether somebody else has it. Such a command is decided alone among its
   * like, and recorded only while nothing that it looked at has moved (docs/decisions/0069). Null is none.
   */
  holdersOf?(input: z.output<Input>): Role | null
  /** The texts of people whose words the rule must know: in the state they are sealed. */
  reads?(input: z.output<Input>, state: Readonly<State>): readonly PersonalText[]
  /**
   * What has to be found out before anything is decided, by means that a rule has not: whether a signature is good. It
   * rests on the input alone; null is nothing to find out.
   */
  prove?(
    asked: Pick<Given<z.output<Input>, State, Needs>, 'school' | 'actor' | 'input' | 'now'>,
    places: Places,
  ): Promise<SignatureProof | Refusal | null>
  /** Whose operations the rule is about: they are read from the log itself. Null is none. */
  seeks?(
    input: z.output<Input>,
    state: Readonly<State>,
    references: Readonly<Pick<References, Needs>>,
  ): Window | null
  /** What it is about, where that is a part of the school: a deputy answers for some parts only. */
  concerns?(given: Given<z.output<Input>, State, Needs>): Matter | readonly Matter[] | null
  /** Whether this person, whose role is permitted, may do this to these: null is yes. */
  may?(given: Given<z.output<Input>, State, Needs>): Refusal | null
  decide(given: Given<z.output<Input>, State, Needs>): Decision
  /**
   * What the command says that must not stand in the log (R-D8): kept apart after the rule said yes and before the
   * event is recorded, so that nobody meets an event whose name is missing. Safe to repeat.
   */
  aside?(given: Given<z.output<Input>, State, Needs>, places: Places): Promise<Refusal | null>
  /**
   * Undoes what `aside` did, where access was cut before the event could be recorded (R-D7): what is new to the school
   * may stay, for nothing speaks of it; what took the place of something else may not. Safe to repeat.
   */
  takeBack?(given: Given<z.output<Input>, State, Needs>, places: Places): Promise<void>
  /** The input fields that `aside` takes; they do not enter the digest by which a repeated command is recognised. */
  readonly asideFields?: ReadonlyArray<keyof z.output<Input> & string>
}

/** The roles in which a command may be given: those of its row, and an external system where it belongs to a set. */
export function giversOf({ operation, exchange }: Pick<Command, 'operation' | 'exchange'>): readonly Role[] {
  const permitted = mayAct(operation)
  return exchange === undefined ? permitted : [...permitted, 'external-system']
}

/** A signature that is good as far as it could be checked. */
export interface SignatureProof {
  /** `not-checked`: nothing here knows the algorithm. */
  readonly checked: 'verified' | 'not-checked'
  /** Whether it had been revoked; `not-checked` where no list in force of its authority is here. */
  readonly revocation: 'not-revoked' | 'not-checked'
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly certificate: string
  /** The signature without certificates, DER in base64. */
  readonly cms: string
  /** The signature as it was given, where nothing here could check it. */
  readonly given: string | null
}

/** Why a signature by a certificate is none that can be believed. */
export const SIGNATURE_FAULTS = [
  'signature-malformed',
  'signature-altered',
  'signature-invalid',
  'certificate-expired',
  'certificate-untrusted',
  'certificate-revoked',
  'signer-other-person',
] as const satisfies readonly Reason[]
export type SignatureFault = (typeof SIGNATURE_FAULTS)[number]
/** Too many are being verified: nothing is said of this one. */
type CheckBusy = 'signature-check-busy'

/** Who checks signatures made by certificates. */
export interface SignatureCheck {
  verify(signed: {
    readonly school: SchoolSlug
    readonly person: Uuid
    readonly statement: string
    readonly cms: string
    readonly at: Instant
  }): Promise<SignatureProof | SignatureFault | CheckBusy>
  /**
   * Verifies once more, as of the instant at which it was made, a signature that nothing could check then. To whom it
   * belongs was seen then.
   */
  verifyAgain(signed: {
    readonly school: SchoolSlug
    readonly statement: string
    readonly cms: string
    readonly at: Instant
  }): Promise<Pick<SignatureProof, 'checked' | 'revocation'> | SignatureFault | CheckBusy>
}

/** Where that which must not stand in the log is kept, and who finds out what a rule cannot. */
export interface Places {
  readonly persons: PersonStore
  readonly credentials: CredentialStore
  readonly keys: KeyStore
  /** Absent where nobody is asked for the code of a contact, as while lists are decided. */
  readonly contactCodes?: ContactCodeStore
  /** Absent where no certification authority is trusted. */
  readonly signatures?: SignatureCheck
  /** Tells whoever gave the command what is kept nowhere and told once, such as an activation code. */
  readonly tell?: (name: string, value: string) => void
}

export interface PersonName {
  readonly family: string
  readonly given: string
  readonly patronymic: string | null
}

export interface PersonStore {
  /** Keeps the name of a person who is new to the school. The first name stays: a new one is a matter of its own. */
  keep(school: SchoolSlug, person: Uuid, name: PersonName, by: Uuid, at: Instant): Promise<void>
  /** Gives a person another name; the one before stays behind it as right until a day, or as never right. */
  correct(
    school: SchoolSlug,
    person: Uuid,
    name: PersonName,
    rightUntil: LocalDate | null,
    by: Uuid,
    at: Instant,
  ): Promise<void>
  /** Puts the name before back, if the one that stands was kept by this account at this instant. */
  takeBack(school: SchoolSlug, person: Uuid, by: Uuid, at: Instant): Promise<void>
}

/** The keys of people, which can be put where nothing opens with them. */
export interface KeyStore {
  quarantine(school: SchoolSlug, person: Uuid, purposes: readonly Purpose[], at: Instant): Promise<void>
}

/** The codes by which parents confirm their contacts. */
export interface ContactCodeStore {
  /** Whether this is the code of a contact; each call counts as a try, and after some no code is right any more. */
  isCode(school: SchoolSlug, contact: Uuid, code: string, at: Instant): Promise<boolean>
}

export interface CredentialStore {
  /** Keeps the log-in of an account; false when another account of the school has that name. */
  keep(
    school: SchoolSlug,
    account: Uuid,
    login: string,
    password: string | null,
    at: Instant,
  ): Promise<boolean>
  /** Gives an account another log-in name; false when another account has that name. */
  rename(school: SchoolSlug, account: Uuid, login: string, at: Instant): Promise<boolean>
  /**
   * Replaces a password by who knows the old one; false where that was not it, nor is the new one in its place already.
   * Ends all sessions but one.
   */
  change(
    school: SchoolSlug,
    account: Uuid,
    passwords: { readonly old: string; readonly new: string },
    but: Uuid | null,
    at: Instant,
  ): Promise<boolean>
  /** Whether this is the password of an account. Nothing of it is kept. */
  isPasswordOf(school: SchoolSlug, account: Uuid, password: string): Promise<boolean>
  /** Sets the password that came with an activation code; false where it is one that was kept before `issued`. */
  renew(school: SchoolSlug, account: Uuid, password: string, at: Instant, issued: Instant): Promise<boolean>
  /**
   * Remembers that whoever has this subject at this issuer is the person of an account; false when another account of
   * the school is meant by it.
   */
  linkIdentity(
    school: SchoolSlug,
    account: Uuid,
    identity: Uuid,
    of: { readonly issuer: string; readonly subject: string },
    at: Instant,
  ): Promise<boolean>
  unlinkIdentity(school: SchoolSlug, identity: Uuid): Promise<void>
  /** Makes the secret of a token of an external system; only its hash is kept. Null where another school has one of this id. */
  issueServiceToken(school: SchoolSlug, token: Uuid, at: Instant): Promise<string | null>
  /** Makes the activation code of an account, in the place of the one before; only its hash is kept. */
  issueCode(school: SchoolSlug, account: Uuid, code: Uuid, at: Instant): Promise<string>
}

/** Gives a command its types; nothing more. */
export function defineCommand<Input extends z.ZodObject, State, Needs extends ReferenceName = never>(
  command: Command<Input, State, Needs>,
): Command<Input, State, Needs> {
  return command
}

import type { CredentialStore, PersonName, PersonStore, Places } from '#commands/command.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/** What an import has to know of what stands beside the log, and where it puts what came with its rows. */
export interface Beside {
  names(school: SchoolSlug, persons: readonly Uuid[]): Promise<ReadonlyMap<Uuid, PersonName>>
  logInsOf(school: SchoolSlug, accounts: readonly Uuid[]): Promise<ReadonlyMap<Uuid, string>>
  /** Whose log-in names are; those that nobody has are not among them. */
  holdersOf(school: SchoolSlug, logIns: readonly string[]): Promise<ReadonlyMap<string, Uuid>>
  keepNames(school: SchoolSlug, kept: readonly KeptName[]): Promise<void>
  /** False when a name has become another account's. */
  keepLogIn(school: SchoolSlug, account: Uuid, logIn: string, at: Instant): Promise<boolean>
}

export interface KeptName {
  readonly person: Uuid
  readonly name: PersonName
  readonly by: Uuid
  readonly at: Instant
}

interface KeptLogIn {
  readonly account: Uuid
  readonly logIn: string
  readonly at: Instant
}

/** Keeps names and log-ins in memory until the events that speak of their owners are recorded. */
export class OverlayPlaces implements Places {
  readonly names: KeptName[] = []
  readonly logIns: KeptLogIn[] = []
  readonly persons: PersonStore
  readonly credentials: CredentialStore
  readonly keys = { quarantine: notOfAnImport }

  /** @param holders whose log-in names are, and become */
  constructor(holders: Map<string, Uuid>) {
    this.persons = {
      keep: (_school, person, name, by, at) => {
        this.names.push({ person, name, by, at })
        return Promise.resolve()
      },
      correct: notOfAnImport,
      takeBack: notOfAnImport,
    }
    this.credentials = {
      keep: (_school, account, logIn, password, at) => {
        if (password !== null) throw new Error('an import brings no passwords')
        const holder = holders.get(logIn.toLowerCase())
        if (holder !== undefined && holder !== account) return Promise.resolve(false)
        holders.set(logIn.toLowerCase(), account)
        this.logIns.push({ account, logIn, at })
        return Promise.resolve(true)
      },
      rename: notOfAnImport,
      change: notOfAnImport,
      isPasswordOf: notOfAnImport,
      renew: notOfAnImport,
      issueCode: notOfAnImport,
      linkIdentity: notOfAnImport,
      unlinkIdentity: notOfAnImport,
      issueServiceToken: notOfAnImport,
    }
  }
}

function notOfAnImport(): never {
  throw new Error('an import keeps names and log-ins, and nothing else')
}

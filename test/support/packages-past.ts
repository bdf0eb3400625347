import type { Uuid } from '#values/uuid.ts'
import { CLASS_7A, date, past, YEAR } from './class-7a.ts'
import type { Past } from './spec.ts'

/** A package that was sealed, and entered into the register. */
export function packageMade(
  of: Uuid,
  retainUntil = '2033-01-01',
  tagmanifestSha512 = 'c3'.repeat(64),
): Past[] {
  return [
    past('archive', of, {
      type: 'SnapshotSealed',
      data: {
        scope: { kind: 'class-year', class: CLASS_7A, year: YEAR },
        year: YEAR,
        contentDigest: 'a1'.repeat(64),
        streams: [
          {
            stream: 'tomsk35.roster-main',
            revision: 1,
            head: 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=',
            records: 1,
            part: true,
          },
        ],
        voidSetDigest: 'b2'.repeat(32),
        foldVersion: 1,
        retainUntil: date(retainUntil),
        replaces: null,
      },
    }),
    past('archive', of, {
      type: 'SnapshotIssued',
      data: {
        tagmanifestSha512,
        sha512: 'd4'.repeat(64),
        bytes: 1_000,
        checkpoint: 20,
      },
    }),
  ]
}

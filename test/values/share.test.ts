import { expect, it } from 'vitest'
import { share } from '#values/share.ts'

it.each([
  [1, 3, 33.3],
  [2, 3, 66.7],
  // 6.25 and 0.05: a half goes up.
  [1, 16, 6.3],
  [1, 2_000, 0.1],
  [1, 2_001, 0],
  [0, 7, 0],
  [7, 7, 100],
])('%i of %i is %f per cent', (part, of, percent) => {
  expect(share(part, of)).toEqual({ part, of, percent })
})

it('is no percentage of nothing', () => {
  expect(share(0, 0).percent).toBeNull()
})

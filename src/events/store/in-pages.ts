/**
 * Items one by one that come in pages. A generator would do the same, and take three turns of promises for each item where this
 * takes one: of a whole log that is as much as reading it.
 */
export function inPages<Item>(pages: AsyncIterable<readonly Item[]>): AsyncIterableIterator<Item> {
  const coming = pages[Symbol.asyncIterator]()
  let page: readonly Item[] = []
  let next = 0

  async function turn(): Promise<IteratorResult<Item, undefined>> {
    while (next >= page.length) {
      const turned = await coming.next()
      if (turned.done === true) return { done: true, value: undefined }
      page = turned.value
      next = 0
    }
    return { done: false, value: page[next++]! }
  }

  return {
    next: () => (next < page.length ? Promise.resolve({ done: false, value: page[next++]! }) : turn()),
    async return() {
      page = []
      await coming.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

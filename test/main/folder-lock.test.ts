import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderInUse, lockFolder } from '#main/folder-lock.ts'
import { type Child, startChild } from '#support/child.ts'
import { temporaryFolder } from '#support/databases.ts'

describe('the lock of a data folder', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let children: Child[]
  beforeEach(() => {
    folder = temporaryFolder()
    children = []
  })
  afterEach(async () => {
    for (const child of children) await child.kill()
    folder.remove()
  })
  const start = (): Child => {
    const child = startChild('hold-folder.ts', folder.path)
    children.push(child)
    return child
  }

  it('is taken and given back', () => {
    lockFolder(folder.path)()
    const unlock = lockFolder(folder.path)
    unlock()
    expect(readdirSync(folder.path)).toEqual(['letopis.lock'])
  })

  it('is refused to the process that has it already', () => {
    const unlock = lockFolder(folder.path)
    expect(() => lockFolder(folder.path)).toThrow(new FolderInUse(folder.path, process.pid))
    unlock()
    lockFolder(folder.path)()
  })

  it('is not given back twice, when another has taken it in between', () => {
    const first = lockFolder(folder.path)
    first()
    const second = lockFolder(folder.path)
    first()
    expect(() => lockFolder(folder.path)).toThrow(FolderInUse)
    second()
  })

  it('is refused to a second process, which is told who has it', async () => {
    const holder = start()
    expect(await answer(holder)).toBe('held')
    expect(await answer(start())).toBe(`refused ${holder.pid}`)
    expect(() => lockFolder(folder.path)).toThrow(`is in use by process ${holder.pid}`)
  })

  it('outlives the attempts of others', async () => {
    const unlock = lockFolder(folder.path)
    expect(() => lockFolder(folder.path)).toThrow(FolderInUse)
    expect(await answer(start())).toBe(`refused ${process.pid}`)
    expect(await answer(start())).toBe(`refused ${process.pid}`)
    unlock()
    expect(await answer(start())).toBe('held')
  })

  it('is free as soon as its holder is killed', async () => {
    const holder = start()
    expect(await answer(holder)).toBe('held')
    await holder.kill()
    lockFolder(folder.path)()
  })

  it('does not believe the pid that is noted: it may by now be that of another process', async () => {
    writeFileSync(join(folder.path, 'letopis.pid'), `${process.pid}\n`)
    expect(await answer(start())).toBe('held')
  })

  it('is taken although the lock file holds garbage', async () => {
    for (const garbage of ['{"pid":', 'x'.repeat(5_000), '\0'.repeat(512)]) {
      writeFileSync(join(folder.path, 'letopis.lock'), garbage)
      lockFolder(folder.path)()
    }
  })

  it('is taken by exactly one of several processes that find a dead one’s lock, garbage and all', async () => {
    const dead = start()
    expect(await answer(dead)).toBe('held')
    await dead.kill()
    writeFileSync(join(folder.path, 'letopis.lock'), 'torn'.repeat(100))
    const answers = await Promise.all(Array.from({ length: 6 }, async () => await answer(start())))
    expect(answers.filter((said) => said === 'held')).toHaveLength(1)
    expect(answers.filter((said) => said?.startsWith('refused'))).toHaveLength(5)
  })

  it('fails as the system says where there is no folder, and leaves nothing behind', () => {
    expect(() => lockFolder(join(folder.path, 'missing'))).toThrow('ENOENT')
    writeFileSync(join(folder.path, 'file'), '')
    expect(() => lockFolder(join(folder.path, 'file'))).toThrow('ENOTDIR')
    expect(readdirSync(folder.path)).toEqual(['file'])
  })

  it.skipIf(process.getuid?.() === 0)('fails as the system says where it may not write', () => {
    chmodSync(folder.path, 0o500)
    expect(() => lockFolder(folder.path)).toThrow('EACCES')
    expect(readdirSync(folder.path)).toEqual([])
    chmodSync(folder.path, 0o700)
  })
})

async function answer(child: Child): Promise<string | undefined> {
  return (await child.lines.next()).value
}

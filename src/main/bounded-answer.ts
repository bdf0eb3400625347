/** The text of an answer that somebody else sends, if it is at most so many bytes; null where it goes on. */
export async function boundedText(response: Response, most: number): Promise<string | null> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of response.body ?? []) {
    bytes += piece.length
    if (bytes > most) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

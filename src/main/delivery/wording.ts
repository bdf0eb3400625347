/** The code by which whoever gave a contact shows that it is his. */
export function codeText(code: string): { readonly subject: string; readonly text: string } {
  return {
    subject: 'Код подтверждения',
    text: `${code} — код подтверждения контакта для электронного дневника. Если вы его не просили, ничего не делайте.`,
  }
}

/** What a family reads outside the diary: the words of the message only where that was agreed. */
export function letterText(
  words: { readonly subject: string | null; readonly text: string | null } | null,
  diary: string | null,
): { readonly subject: string; readonly text: string } {
  const where = diary === null ? 'в электронном дневнике' : `в электронном дневнике: ${diary}`
  if (words === null || words.text === null) {
    return { subject: 'Новое сообщение школы', text: `Новое сообщение школы — ${where}` }
  }
  const subject = words.subject ?? 'Сообщение школы'
  const head = words.subject === null ? '' : `${words.subject}\n\n`
  return { subject, text: `${head}${words.text}\n\nОтвечать не нужно; сообщение — ${where}` }
}

import 'pdfmake'

declare module 'pdfmake' {
  /** Files that pdfmake finds without the machine's: the fonts. */
  const virtualfs: { writeFileSync(name: string, content: string, encoding: 'base64'): void }
}

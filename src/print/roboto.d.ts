declare module 'pdfmake/build/fonts/Roboto.js' {
  /** Roboto under the SIL Open Font License 1.1, which allows to embed it: its files in base64, by name. */
  const roboto: {
    readonly vfs: Readonly<Record<string, { readonly data: string }>>
    readonly fonts: import('pdfmake/interfaces.js').TFontDictionary
  }
  export default roboto
}

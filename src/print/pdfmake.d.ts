/**
 * The part of pdfmake that is used here. The types published for it bring those of a browser into the whole project.
 */
declare module 'pdfmake' {
  export type Margin = readonly [left: number, top: number, right: number, bottom: number]

  interface Placed {
    readonly margin?: Margin
    readonly width?: number | string
    readonly alignment?: 'left' | 'center' | 'right'
    readonly fontSize?: number
    readonly bold?: boolean
    readonly unbreakable?: boolean
    readonly pageBreak?: 'before'
  }

  export interface TextContent extends Placed {
    readonly text: string | readonly TextContent[]
  }

  export type Content =
    | TextContent
    | (Placed & { readonly stack: readonly Content[] })
    | (Placed & { readonly columns: readonly Content[] })
    | (Placed & { readonly qr: string; readonly fit: number; readonly eccLevel: 'L' | 'M' | 'Q' | 'H' })
    | (Placed & {
        readonly layout: Readonly<Record<string, () => number>>
        readonly table: {
          readonly headerRows: number
          readonly dontBreakRows: boolean
          readonly widths: ReadonlyArray<number | '*'>
          readonly heights?: (row: number) => number | 'auto'
          readonly body: ReadonlyArray<readonly TextContent[]>
        }
      })

  export interface Definition {
    readonly subset: 'PDF/A-1b'
    readonly version: '1.4'
    readonly lang: string
    readonly info: Readonly<Record<string, string | Date>>
    readonly pageSize: string
    readonly pageOrientation: 'portrait' | 'landscape'
    readonly pageMargins: Margin
    readonly defaultStyle: { readonly font: string; readonly fontSize: number }
    readonly content: readonly Content[]
    readonly footer: (page: number, pages: number) => Content
  }

  interface Fonts {
    readonly [name: string]: Readonly<Record<string, string>>
  }

  const pdfmake: {
    /** Files that pdfmake finds without the machine's: the fonts. */
    readonly virtualfs: { writeFileSync(name: string, content: string, encoding: 'base64'): void }
    setFonts(fonts: Fonts): void
    setUrlAccessPolicy(allows: (url: string) => boolean): void
    setLocalAccessPolicy(allows: (path: string) => boolean): void
    createPdf(definition: Definition): { getBuffer(): Promise<Uint8Array> }
  }
  export default pdfmake
}

declare module 'pdfmake/build/fonts/Roboto.js' {
  /** Roboto under the SIL Open Font License 1.1, which allows to embed it: its files in base64, by name. */
  const roboto: {
    readonly vfs: Readonly<Record<string, { readonly data: string }>>
    readonly fonts: Readonly<Record<string, Readonly<Record<string, string>>>>
  }
  export default roboto
}

/** HTML from text: whatever is put into a template is escaped, unless it is HTML already. */

export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | readonly Part[]

export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(
    strings.reduce((text, string, i) => `${text}${string}${i < parts.length ? write(parts[i]!) : ''}`, ''),
  )
}

export const nothing = new Html('')

function write(part: Part): string {
  if (part instanceof Html) return part.text
  if (typeof part === 'string') return escapeText(part)
  return typeof part === 'number' ? String(part) : part.map(write).join('')
}

/** For content and for attributes in double quotes. Control characters have no place in either. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/**
 * How wide a text will be, without a font at hand: widths of Pretendard's characters in classes, as shares of the size. Good to a few
 * per cent, which is enough to end a long name in time.
 */
const narrow = new Set('iIjl.,:;!|\'`()[]{}ft-"/'.split(''))
const wide = new Set('mwMW@%'.split(''))

export function textWidth(text: string, size: number): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width * size
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text
  const characters = Array.from(text)
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, size) > width) characters.pop()
  return `${characters.join('').trimEnd()}…`
}

function characterWidth(character: string): number {
  if (narrow.has(character)) return 0.33
  if (wide.has(character)) return 0.88
  // Hangul, kana, han and full-width forms take a square.
  if ((character.codePointAt(0) ?? 0) >= 0x1100) return 0.92
  if (character >= 'A' && character <= 'Z') return 0.67
  return 0.56
}

/** A picture as an SVG file that any program opens: no scripts, no styles, nothing from outside. */
import { pictureFont, wireControls, type Picture, type Shape } from './picture.ts'

export function pictureToSvg({ title, width, height, background, shapes }: Picture): string {
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${attribute(pictureFont)}">`,
    `<title>${content(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${background}"/>`,
    ...shapes.map(element),
    '</svg>',
  ]
  return `${lines.join('\n')}\n`
}

function element(shape: Shape): string {
  switch (shape.kind) {
    case 'box': {
      const { x, y, width, height, radius, fill, stroke } = shape
      const line = stroke === undefined ? '' : ` stroke="${stroke}" stroke-width="${shape.strokeWidth ?? 1}"`
      return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"${line}${dashes(shape.dash)}/>`
    }
    case 'wire': {
      const { from, to, stroke, strokeWidth } = shape
      const [first, second] = wireControls(from, to)
      const curve = `M${from.x} ${from.y}C${first.x} ${first.y} ${second.x} ${second.y} ${to.x} ${to.y}`
      const head = `M${to.x - 4} ${to.y - 6}L${to.x} ${to.y}L${to.x + 4} ${to.y - 6}`
      return `<path d="${curve}${head}" fill="none" stroke="${stroke}" stroke-width="${strokeWidth}" stroke-linecap="round"${dashes(shape.dash)}/>`
    }
    case 'text': {
      const { x, y, text, size, weight, fill, anchor } = shape
      const bold = weight === 400 ? '' : ` font-weight="${weight}"`
      const side = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
      return `<text x="${x}" y="${y}" font-size="${size}"${bold} fill="${fill}"${side}>${content(text)}</text>`
    }
  }
}

function dashes(length: number | undefined): string {
  return length === undefined ? '' : ` stroke-dasharray="${length} ${length}"`
}

/** Names can hold anything; XML 1.0 has no control characters, not even escaped. */
function content(text: string): string {
  const printable = text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, '')
  return printable.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;')
}

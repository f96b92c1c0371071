/** A picture as PNG, painted by the window, which has the font: twice as fine as it is seen, less where that would be too large. */
import { pictureFont, wireControls, type Picture, type Shape } from '../../experiments/picture/picture.ts'

const fineness = 2
/** What Chromium's bitmaps can be at most, with room to spare. */
const longestSide = 16_000
const mostPixels = 120e6

export async function pictureToPng(picture: Picture): Promise<Uint8Array<ArrayBuffer>> {
  await document.fonts.load(
    '600 13px "Pretendard Variable"',
    picture.shapes.map((shape) => (shape.kind === 'text' ? shape.text : '')).join(''),
  )
  const { width, height } = picture
  const scale = Math.min(fineness, longestSide / Math.max(width, height), Math.sqrt(mostPixels / (width * height)))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no bitmap of this size can be made')
  context.scale(scale, scale)
  context.fillStyle = picture.background
  context.fillRect(0, 0, width, height)
  for (const shape of picture.shapes) paint(context, shape)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new Error('the picture is too large for a PNG')
  return new Uint8Array(await blob.arrayBuffer())
}

function paint(context: CanvasRenderingContext2D, shape: Shape): void {
  const dash = shape.kind === 'text' ? undefined : shape.dash
  context.setLineDash(dash === undefined ? [] : [dash, dash])
  switch (shape.kind) {
    case 'box':
      context.beginPath()
      context.roundRect(shape.x, shape.y, shape.width, shape.height, shape.radius)
      context.fillStyle = shape.fill
      context.fill()
      if (shape.stroke === undefined) return
      context.strokeStyle = shape.stroke
      context.lineWidth = shape.strokeWidth ?? 1
      context.stroke()
      return
    case 'wire': {
      const { from, to } = shape
      const [first, second] = wireControls(from, to)
      context.beginPath()
      context.moveTo(from.x, from.y)
      context.bezierCurveTo(first.x, first.y, second.x, second.y, to.x, to.y)
      context.moveTo(to.x - 4, to.y - 6)
      context.lineTo(to.x, to.y)
      context.lineTo(to.x + 4, to.y - 6)
      context.strokeStyle = shape.stroke
      context.lineWidth = shape.strokeWidth
      context.lineCap = 'round'
      context.stroke()
      return
    }
    case 'text':
      context.font = `${shape.weight} ${shape.size}px ${pictureFont}`
      context.textAlign = shape.anchor === 'middle' ? 'center' : shape.anchor
      context.fillStyle = shape.fill
      context.fillText(shape.text, shape.x, shape.y)
  }
}

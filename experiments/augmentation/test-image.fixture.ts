/** An image for tests: slopes, edges and noise in all channels, the same each time. */
import { counterRandom } from '../random/counter-random.ts'

export function testImage(height: number, width: number, channels: number, index = 0): Uint8Array {
  const random = counterRandom({ seed: 5, purpose: 'test/image', index })
  const pixels = new Uint8Array(height * width * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const slope = (x * (channel + 2) * 7 + y * 5) % 200
        const isBlock = y > height / 3 && y < height / 2 && x > width / 4
        pixels[(y * width + x) * channels + channel] = isBlock ? 240 - 60 * channel : slope + random.below(40)
      }
    }
  }
  return pixels
}

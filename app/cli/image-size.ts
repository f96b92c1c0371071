/** `32x32x3` on the command line: height, width and channels. */
import { InvalidArgumentError } from 'commander'
import type { ImageSize } from '../../experiments/network/lower-network.ts'

export function imageSize(text: string): ImageSize {
  const sizes = /^(\d{1,6})x(\d{1,6})x(\d{1,6})$/.exec(text)?.slice(1).map(Number)
  const [height, width, channels] = sizes ?? []
  if (!height || !width || !channels) throw new InvalidArgumentError('expected HEIGHTxWIDTHxCHANNELS, such as 32x32x3.')
  return { height, width, channels }
}

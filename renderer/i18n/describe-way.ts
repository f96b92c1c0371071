/** A way to get a dataset, in the reader's language. */
import type { WayToData } from '../../experiments/data/way-to-data.ts'
import type { Messages } from './en.ts'
import type { Format } from './format.ts'

export function describeWay({ data: { ways } }: Messages, format: Format, way: WayToData): string {
  switch (way.way) {
    case 'download':
      return ways.download(format.bytes(way.bytes))
    case 'retry':
      return ways.retry
    case 'another-computer':
      return ways.anotherComputer(way.files.join(', '), way.from)
    case 'mirror':
      return ways.mirror(`${way.name}/${way.file}`)
    case 'debian-package':
      return ways.debianPackage(`sudo apt-get install ${way.package}`)
    case 'put-files':
      return ways.putFiles(way.files.join(', '), way.folder)
    case 'unpack':
      return ways.unpack(way.file, way.folder)
    case 'import-again':
      return ways.importAgain
    case 'put-back':
      return ways.putBack(way.file, way.folder)
  }
}

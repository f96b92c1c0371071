/**
 * Where the studio service's Node and program lie. In a checkout: what set-up installed, and `out/`. In a package: Node as a resource
 * beside the app's archive, the program outside of the archive, because a plain Node cannot read inside.
 */
import { join } from 'node:path'
import type { ServiceCommand } from '../ipc/service-client.ts'
import { installedNode, nodePackageBinary } from '../setup/node-location.mjs'

export interface AppPlace {
  readonly packaged: boolean
  /** The checkout, or the app's archive. */
  readonly appPath: string
  /** The package's resources folder. */
  readonly resourcesPath: string
  readonly platform: NodeJS.Platform
  readonly arch: string
}

export function locateService(place: AppPlace): ServiceCommand {
  if (place.packaged) {
    return {
      nodePath: join(place.resourcesPath, 'node', 'bin', place.platform === 'win32' ? 'node.exe' : 'node'),
      entry: join(place.resourcesPath, 'app.asar.unpacked', 'out', 'node', 'service.mjs'),
    }
  }
  const node = installedNode(place.appPath) ?? nodePackageBinary(place.appPath, place.platform, place.arch)
  return { nodePath: node ?? 'node', entry: join(place.appPath, 'out', 'node', 'service.mjs') }
}

/**
 * Starts the application in the folder that the command line names, as Electron's own default application does. Packed into
 * the fallback runtime as default_app.asar. Electron waits for this module, and so for the application's, before `ready`.
 */
import { app } from 'electron/main'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** `-r MODULE` comes before the folder, any number of times: Playwright holds `ready` back with one until it is connected. */
const modules = []
let argument
for (let index = 1; index < process.argv.length && argument === undefined; index++) {
  const value = process.argv[index] ?? ''
  if (value === '-r' || value === '--require') modules.push(process.argv[++index] ?? '')
  else if (!value.startsWith('-')) argument = value
}
const folder = argument && resolve(argument)
const manifest = folder && join(folder, 'package.json')

if (!manifest || !existsSync(manifest)) {
  console.error(`usage: ${process.argv[0]} [options] APP_FOLDER\n${manifest ?? 'no folder'}: no package.json there`)
  process.exit(1)
}

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
const { name, productName, version, desktopName, main = 'index.js' } = JSON.parse(readFileSync(manifest, 'utf8'))
app.name = productName ?? name
// Not in the public types: these are for a default application such as this one.
const setup = /** @type {typeof app & { setVersion(version: string): void, setAppPath(path: string): void }} */ (app)
if (version) setup.setVersion(version)
app.setDesktopName(desktopName ?? `${app.name}.desktop`)
setup.setAppPath(folder)
app.setPath('userData', join(app.getPath('appData'), app.name))

try {
  for (const module of modules) createRequire(import.meta.url)(resolve(module))
  await import(pathToFileURL(join(folder, main)).href)
} catch (error) {
  console.error('The application failed to load:')
  console.error(error)
  process.exit(1)
}

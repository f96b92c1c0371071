/** Makes Electron serve strata://app/ from the built interface, and nothing else. */
import { protocol, type Session } from 'electron'
import { answerAsset } from './app-assets.ts'
import { appScheme } from './app-origin.ts'

/** Must run before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

export function serveApp(session: Session, folder: string): void {
  session.protocol.handle(appScheme, (request) => answerAsset(folder, request.method, request.url))
}

/** Title and advice for an error record, by its code; a code of a newer studio counts as an internal fault. */
import { errorCodes, type ErrorCode } from '../../experiments/errors/error-codes.ts'
import type { ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { ErrorText, Messages } from './en.ts'

export function describeError(messages: Messages, error: Pick<ErrorRecord, 'code'>): ErrorText {
  return messages.errors[isErrorCode(error.code) ? error.code : 'internal']
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}

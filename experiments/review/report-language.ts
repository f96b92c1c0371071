/** The languages that a report of runs can be written in: those of the window. */
export const reportLanguages = ['en', 'ko'] as const
export type ReportLanguage = (typeof reportLanguages)[number]

/** The home folder that the command line names: `--home DIR` or `--home=DIR`; undefined when it names none. */
export function homeArgument(argv: readonly string[]): string | undefined {
  const joined = argv.find((argument) => argument.startsWith('--home='))
  if (joined !== undefined) return joined.slice('--home='.length)
  const index = argv.indexOf('--home')
  return index < 0 ? undefined : argv[index + 1]
}

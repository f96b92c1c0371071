import type { Command } from 'commander'
import { zooEntries } from '../../../experiments/zoo/registry.ts'
import { sessionOf } from '../session.ts'
import { formatTable } from '../table.ts'

export function addZooCommand(program: Command): void {
  program
    .command('zoo')
    .description('list the ready-made networks')
    .action((_options: unknown, command: Command) => {
      const entries = zooEntries.map(({ id, title, year, source, input, classes }) => ({
        id,
        title,
        input: `${input.height}x${input.width}x${input.channels}`,
        classes,
        year,
        source,
      }))
      sessionOf(command).print(entries, (list) =>
        formatTable(
          ['id', 'title', 'input', 'classes', 'source'],
          list.map((entry) => [entry.id, entry.title, entry.input, entry.classes, entry.source]),
        ),
      )
    })
}

/**
 * What could end an issue inside of a block of the studio, whose inside follows from its settings: another setting of the block, or the block made the
 * document's own and mended there.
 */
import { NodeTypes } from '../blocks/node-types.ts'
import type { Issue, JsonValue } from '../errors/studio-error.ts'
import type { ParamKind } from '../layers/params/param-kind.ts'
import { lowerNetwork } from '../network/lower-network.ts'
import { detachBlock } from './edit-blocks.ts'
import { together, type Edit } from './edit.ts'
import type { Fix, FixContext } from './fix-issue.ts'
import type { IssuePlace } from './issue-place.ts'
import { setParams } from './set-params.ts'

/** @param fixesOf finds the fixes of an issue in a document where the block is already its own */
export function studioBlockFixes(
  issue: Issue,
  at: IssuePlace,
  context: FixContext,
  fixesOf: (issue: Issue, context: FixContext) => readonly Fix[],
): readonly Fix[] {
  if (issue.code !== 'shape-mismatch' && issue.code !== 'out-of-range') return []
  return [...settings(at, context), ...openedFixes(issue, at, context, fixesOf)]
}

function settings({ place, node }: IssuePlace, { document }: FixContext): readonly Fix[] {
  const type = NodeTypes.of(document).of(node.type)
  return Object.entries(type?.params ?? {}).flatMap(([name, kind]) => {
    const now = JSON.stringify(node.params?.[name] ?? kind.write(kind.default))
    return valuesOf(kind)
      .filter(({ value }) => JSON.stringify(value) !== now)
      .map(({ value, label }): Fix => {
        const edit = together('fix', [setParams(place, [node.id], { [name]: value })], node.id)
        return { kind: 'setting', edit, setting: { label: kind.label, value: label } }
      })
  })
}

/** The few values that a setting can have; none for numbers. */
function valuesOf({ form }: ParamKind): readonly { readonly value: JsonValue; readonly label: string }[] {
  if (form.kind === 'choice') return form.choices
  return form.kind === 'boolean' ? [true, false].map((value) => ({ value, label: value ? 'on' : 'off' })) : []
}

function openedFixes(
  issue: Issue,
  { place, prefix, node }: IssuePlace,
  { document, lowered, dataset }: FixContext,
  fixesOf: (issue: Issue, context: FixContext) => readonly Fix[],
): readonly Fix[] {
  const block = lowered.blocks.find(({ path }) => path === prefix + node.id)
  // The blocks of a chain can differ: there is no one inside to take over.
  if (!block || block.times !== undefined) return []
  const detach = detachBlock(place, node.id, block.inside)
  const outcome = detach.apply(document)
  if (!outcome.ok) return []
  const opened = outcome.document
  const context = { document: opened, lowered: lowerNetwork(opened, { mode: 'inference', batch: 1 }), dataset }
  const same = context.lowered.issues.find(({ node: at, code }) => at === issue.node && code === issue.code)
  if (!same) return []
  return fixesOf(same, context).map(({ edit, ...fix }) => ({
    ...fix,
    opens: node.id,
    edit: afterwards(detach, edit, node.id),
  }))
}

function afterwards(first: Edit, second: Edit, subject: string): Edit {
  const edit = together('fix', [first, second], subject)
  return {
    ...edit,
    // What the second one adds lies inside of the block: the block is what is in sight.
    apply: (document) => {
      const outcome = edit.apply(document)
      return outcome.ok ? { ...outcome, select: [subject] } : outcome
    },
  }
}

/** What belongs to the document as a whole: its name, its variables, frames and comments, or all of it. */
import type { Annotation, NetworkDocument } from '../network/network-document.ts'
import { refuseEdit, type Edit } from './edit.ts'
import { graphAt, withGraph, type GraphPlace } from './graph-place.ts'
import { newNodeId } from './node-ids.ts'

export function renameDocument(name: string): Edit {
  return {
    kind: 'rename-document',
    subject: name,
    presentation: true,
    apply: (document) =>
      name.trim() === ''
        ? refuseEdit('name', 'a name is needed')
        : { ok: true, document: { ...document, name: name.trim() } },
  }
}

export function setVariable(name: string, value: number): Edit {
  return {
    kind: 'set-variable',
    subject: name,
    apply: (document) => ({ ok: true, document: { ...document, variables: { ...document.variables, [name]: value } } }),
  }
}

export function removeVariable(name: string): Edit {
  return {
    kind: 'delete-variable',
    subject: name,
    apply: (document) => {
      const { [name]: _gone, ...variables } = document.variables ?? {}
      const { variables: _all, ...rest } = document
      return { ok: true, document: Object.keys(variables).length === 0 ? rest : { ...rest, variables } }
    },
  }
}

/** Another document in the place of this one, as one step of undo: a version brought back, a network imported over a blank. */
export function replaceDocument(next: NetworkDocument, subject?: string): Edit {
  return {
    kind: 'replace',
    ...(subject !== undefined && { subject }),
    apply: () => ({ ok: true, document: next, select: [] }),
  }
}

export function addAnnotation(place: GraphPlace, annotation: Omit<Annotation, 'id'>): Edit {
  return {
    kind: annotation.kind === 'frame' ? 'add-frame' : 'add-comment',
    presentation: true,
    apply: (document) => {
      const graph = graphAt(document, place)
      if (!graph) return refuseEdit('', 'there is no such block')
      const before = graph.annotations ?? []
      const taken = new Set([...before, ...graph.nodes].map(({ id }) => id))
      const id = newNodeId(annotation.kind, taken)
      return {
        ok: true,
        document: withGraph(document, place, { annotations: [...before, { id, ...annotation }] }),
        select: [id],
      }
    },
  }
}

export function editAnnotation(place: GraphPlace, id: string, change: Partial<Omit<Annotation, 'id' | 'kind'>>): Edit {
  return {
    kind: 'edit-annotation',
    subject: id,
    presentation: true,
    apply: (document) => {
      const annotations = (graphAt(document, place)?.annotations ?? []).map((item) =>
        item.id === id ? { ...item, ...change } : item,
      )
      return { ok: true, document: withGraph(document, place, { annotations }) }
    },
  }
}

/** A document with nothing in it. */
export function blankDocument(name: string): NetworkDocument {
  return { format: 'strata.network', version: 1, name, nodes: [], edges: [] }
}

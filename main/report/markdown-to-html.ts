/** A note in Markdown as HTML. Only what is written out here can appear: HTML in a note stays text, links and images say where they lead. */
import { lexer, type Token, type Tokens } from 'marked'
import { markup, nothing, type Html } from './html.ts'

export function markdownToHtml(text: string): Html {
  return markup`${lexer(text).map(block)}`
}

const innerOf = (token: Token): readonly Token[] => (token as { readonly tokens?: Token[] }).tokens ?? []

function block(token: Token): Html {
  switch (token.type) {
    case 'space':
    case 'def':
      return nothing
    case 'heading':
      return markup`<h4>${innerOf(token).map(inline)}</h4>`
    case 'paragraph':
      return markup`<p>${innerOf(token).map(inline)}</p>`
    case 'code':
      return markup`<pre><code>${(token as Tokens.Code).text}</code></pre>`
    case 'blockquote':
      return markup`<blockquote>${innerOf(token).map(block)}</blockquote>`
    case 'hr':
      return markup`<hr />`
    case 'list': {
      const { ordered, items } = token as Tokens.List
      const points = items.map((item) => {
        const mark = item.task ? (item.checked ? '☑ ' : '☐ ') : ''
        return markup`<li>${mark}${item.tokens.map(block)}</li>`
      })
      return ordered
        ? markup`<ol>
            ${points}
          </ol>`
        : markup`<ul>
            ${points}
          </ul>`
    }
    case 'table': {
      const { header, rows } = token as Tokens.Table
      const row = (cells: readonly Tokens.TableCell[], head: boolean) =>
        markup`<tr>
          ${cells.map(({ tokens }) => (head ? markup`<th>${tokens.map(inline)}</th>` : markup`<td>${tokens.map(inline)}</td>`))}
        </tr>`
      return markup`<table>
        ${row(header, true)}${rows.map((cells) => row(cells, false))}
      </table>`
    }
    default:
      return inline(token)
  }
}

function inline(token: Token): Html {
  const inner = innerOf(token)
  switch (token.type) {
    case 'strong':
      return markup`<strong>${inner.map(inline)}</strong>`
    case 'em':
      return markup`<em>${inner.map(inline)}</em>`
    case 'del':
      return markup`<del>${inner.map(inline)}</del>`
    case 'codespan':
      return markup`<code>${unescaped((token as Tokens.Codespan).text)}</code>`
    case 'br':
      return markup`<br />`
    case 'link':
      return markup`${inner.map(inline)} <span class="quiet">(${(token as Tokens.Link).href})</span>`
    case 'text':
    case 'escape':
      return inner.length > 0 ? markup`${inner.map(inline)}` : markup`${unescaped((token as Tokens.Text).text)}`
    default:
      return inner.length > 0 ? markup`${inner.map(inline)}` : markup`${token.raw}`
  }
}

/** The reader of Markdown may have escaped a text for HTML already; it is escaped once, here. */
function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

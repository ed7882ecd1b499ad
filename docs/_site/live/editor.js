// The editor of a card: CodeMirror in the place, font and colors of the code that it stands for. Loaded on Edit alone.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands"
import { python } from "@codemirror/lang-python"
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language"
import { EditorState } from "@codemirror/state"
import { EditorView, keymap } from "@codemirror/view"
import { tags } from "@lezer/highlight"

// The tokens of tokens.css change with the palette, so nothing here has to.
const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], color: "var(--btb-hl-keyword)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: "var(--btb-hl-name)", fontWeight: "600" },
  { tag: tags.meta, color: "var(--btb-hl-name)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--btb-hl-string)" },
  { tag: tags.number, color: "var(--btb-hl-number)" },
  { tag: tags.comment, color: "var(--btb-hl-comment)" },
])

const shape = EditorView.theme({
  "&": { maxWidth: "100%", color: "var(--btb-ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "2px solid var(--btb-focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--btb-mono)", fontSize: "var(--btb-size-code)", lineHeight: "var(--btb-leading-code)", scrollbarWidth: "thin" },
  ".cm-content": { padding: ".7rem 0", caretColor: "var(--btb-ink)" },
  ".cm-line": { padding: "0 .82rem" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--btb-line-strong)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--btb-error-tint)" },
})

export function open(box, { text, label, run, leave, changed }) {
  const done = (action) => () => {
    action()
    return true
  }
  const keys = [
    { key: "Shift-Enter", run: done(run) },
    { key: "Escape", run: done(leave) },
    indentWithTab,
    ...historyKeymap,
    ...defaultKeymap,
  ]
  let silent = false // while the card itself sets the text
  const view = new EditorView({
    parent: box,
    doc: text,
    extensions: [
      python(),
      history(),
      bracketMatching(),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      keymap.of(keys),
      syntaxHighlighting(colors),
      shape,
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !silent) changed(view.state.doc.toString())
      }),
    ],
  })
  const set = (value) => {
    silent = true
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } })
    silent = false
  }
  return { focus: () => view.focus(), set }
}

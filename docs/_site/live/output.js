// What a run shows, as HTML elements: text, values, drawings, tables, tracebacks.

const LABELS = { text: "Output", warning: "Warning", value: "Value", svg: "Drawing", html: "Table", error: "Error" }
const TABLE = `<style>
  table { border-collapse: collapse; font-variant-numeric: lining-nums tabular-nums }
  th, td { padding: .2em .7em; text-align: left; border-bottom: 1px solid var(--btb-line) }
</style>`

export function element(tag, className, text = "") {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.textContent = text
  return made
}

// A new region that shows the parts; `own` is the page's own output, kept one click away.
export function region(parts, { cut = false, own = null } = {}) {
  const made = element("div", "btb-out btb-out--live")
  parts.forEach(({ kind, text }, index) => {
    const label = index === 0 && kind !== "warning" ? "Output" : LABELS[kind]
    made.append(element("span", "btb-out__label", label), (SHOWN[kind] ?? printed)(text))
  })
  if (!parts.length) made.append(element("span", "btb-out__label", "No output"))
  if (cut) made.append(element("p", "btb-out__note", "There is more; it is cut here."))
  if (own !== null) made.append(folded("Show the page’s own output", own))
  return made
}

// Release what a region holds outside the document.
export function release(made) {
  for (const image of made.querySelectorAll("img")) URL.revokeObjectURL(image.src)
  made.remove()
}

export function printed(text) {
  const box = element("div", "highlight")
  const pre = element("pre")
  pre.tabIndex = 0
  pre.append(element("code", "", text))
  box.append(pre)
  return box
}

// In an image, a drawing runs no script and loads nothing.
function drawing(text) {
  const image = element("img", "btb-out__drawing")
  image.alt = "The drawing that this code returns"
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }))
  return image
}

// In a shadow root, a table's styles stay its own.
function table(text) {
  const box = element("div", "btb-out__html btb-scroll")
  box.tabIndex = 0
  box.attachShadow({ mode: "open" }).innerHTML = TABLE + text
  return box
}

function folded(title, text) {
  const fold = element("details", "btb-out__own")
  fold.append(element("summary", "", title), printed(text))
  return fold
}

const SHOWN = { svg: drawing, html: table }

export function lasting(milliseconds) {
  if (milliseconds < 1) return "under 1 ms"
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

export function place({ name, line }) {
  return line ? `${name} on line ${line}` : name
}

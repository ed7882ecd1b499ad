// What the drawings of widgets share: scales, lines, axes. Everything here but `dragging` makes text from numbers,
// because the build calls it in Node to write a widget's first state into the page. Colors come by class alone.

export const WIDTH = 640 // units of a drawing, as in the figures of a page

// A scale maps [low, high] to [from, to] in the drawing's units; `.inverse` leads back.
export function scale(low, high, from, to) {
  const at = (value) => from + ((value - low) / (high - low)) * (to - from)
  at.inverse = (unit) => low + ((unit - from) / (to - from)) * (high - low)
  return at
}

export function logScale(low, high, from, to) {
  const linear = scale(Math.log10(low), Math.log10(high), from, to)
  const at = (value) => linear(Math.log10(value))
  at.inverse = (unit) => 10 ** linear.inverse(unit)
  return at
}

export const escape = (text) => String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
export const number = (value) => String(value).replaceAll("-", "−")
export const power = (exponent) => `10${[...String(exponent)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit] ?? "⁻").join("")}`

// Round values between low and high, about `count` of them: steps of 1, 2 or 5 times a power of ten.
export function ticks(low, high, count = 5) {
  const rough = (high - low) / count
  const ten = 10 ** Math.floor(Math.log10(rough))
  const step = ten * [1, 2, 5, 10].find((factor) => factor * ten >= rough * 0.999)
  const first = Math.ceil(low / step - 1e-9)
  const found = Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step)
  return found.map((value) => Number(value.toPrecision(12)))
}

const short = (unit) => String(Number(unit.toFixed(1)))

// A line through points [[x, y], ...]; a null point, or a null in it, interrupts it. Series 1 to 6 have color and dashes.
export function line(points, x, y, series = 1, more = "") {
  let d = ""
  let pen = "M"
  for (const point of points) {
    if (point?.[1] == null) pen = "M"
    else {
      d += `${pen}${short(x(point[0]))} ${short(y(point[1]))}`
      pen = "L"
    }
  }
  return `<path class="btb-series btb-series--${series} ${more}" d="${d}"/>`
}

export const segment = (x1, y1, x2, y2, name) =>
  `<path class="${name}" d="M${short(x1)} ${short(y1)}L${short(x2)} ${short(y2)}"/>`

// `name`: classes besides; "btb-middle" and "btb-end" anchor the text there instead of at its start.
export const text = (x, y, content, name = "") =>
  `<text class="${name}" x="${short(x)}" y="${short(y)}">${escape(content)}</text>`

export const dot = (x, y, name, radius = 5) =>
  `<circle class="${name}" cx="${short(x)}" cy="${short(y)}" r="${radius}"/>`

// The frame of a plot: horizontal grid with numbers on the left, axis with numbers below, a name for each.
// x and y: { at: scale, from, to (units), ticks: [values], name, label: value -> text }.
export function axes(x, y) {
  const rows = y.ticks.map((value) => {
    const row = y.at(value)
    return segment(x.from, row, x.to, row, "btb-grid") + text(x.from - 8, row + 4, (y.label ?? number)(value), "btb-end")
  })
  const columns = x.ticks.map((value) => {
    const column = x.at(value)
    return segment(column, y.from, column, y.from + 4, "btb-axis") + text(column, y.from + 22, (x.label ?? number)(value), "btb-middle")
  })
  const names =
    (y.name ? text(x.from - 48, y.to - 12, y.name, "btb-name") : "") +
    (x.name ? text(x.to, y.from + 42, x.name, "btb-name btb-end") : "")
  return rows.join("") + segment(x.from, y.from, x.to, y.from, "btb-axis") + columns.join("") + names
}

// A whole drawing. `label` is its name for a screen reader; what it shows in words stands below it, in the widget's text.
export const drawing = (height, label, content, name = "", width = WIDTH) =>
  `<svg class="fig ${name}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}">${content}</svg>`

export const readout = (entries) =>
  `<dl class="btb-readout">${entries.map(([term, value]) => `<div><dt>${escape(term)}</dt><dd>${escape(value)}</dd></div>`).join("")}</dl>`

// Report where the pointer is, in units of the drawing, from a press inside `selector` until it is let go.
// The listeners sit on the region, which stays when the drawing inside is replaced: report(unit x, unit y, part, phase).
export function dragging(view, selector, report) {
  let part = null
  const at = (event, phase) => {
    const svg = view.querySelectorAll("svg")[part.index]
    const box = svg.getBoundingClientRect()
    const size = svg.viewBox.baseVal
    const unit = (pixels, length, units) => (pixels / length) * units
    report(unit(event.clientX - box.left, box.width, size.width), unit(event.clientY - box.top, box.height, size.height), part.data, phase)
  }
  view.addEventListener("pointerdown", (event) => {
    const found = event.target.closest(selector)
    if (!found || event.button) return
    const index = [...view.querySelectorAll("svg")].indexOf(found.closest("svg"))
    part = { index, data: { ...found.dataset } }
    view.setPointerCapture(event.pointerId)
    event.preventDefault() // no text is selected while dragging
    at(event, "start")
  })
  view.addEventListener("pointermove", (event) => part && at(event, "move"))
  for (const end of ["pointerup", "pointercancel"])
    view.addEventListener(end, (event) => {
      if (part && end === "pointerup") at(event, "end")
      part = null
    })
}

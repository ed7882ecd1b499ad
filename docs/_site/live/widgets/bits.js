// The bit explorer: a register of bits to flip, the number line around what they say, and the same bits read otherwise.

import { dot, drawing, escape, readout, scale, segment, text, WIDTH } from "../svg.js"

const NAMES = ["sign", "exponent", "fraction"]
const EXAMPLES = ["0.1", "1", "16777217", "1e-45", "-0", "inf"]

// The register. It stands among the controls and is changed in place, so that the focus stays. `code` is a BigInt. --------

const on = (code, place) => Number((code >> BigInt(place)) & 1n)
const said = (digit, place, field) => `${digit}, bit ${place}, ${NAMES[field]}`

function register(fields, code) {
  let place = fields[0] + fields[1] + fields[2]
  const cell = (field) => {
    const digit = on(code, --place)
    return `<button type="button" class="btb-bit" data-bit="${place}" data-field="${field}" aria-pressed="${digit === 1}" aria-label="${said(digit, place, field)}" ${digit ? "data-on" : ""}>${digit}</button>`
  }
  const parts = fields.map((width, field) => {
    const cells = Array.from({ length: width }, () => cell(field)).join("")
    return cells && `<span class="btb-field btb-field--${NAMES[field][0]}"><span class="btb-field__name">${NAMES[field]}</span><span class="btb-field__bits">${cells}</span></span>`
  })
  return parts.join("")
}

const own = (key, label) => `<button type="button" class="btb-btn" data-own="${key}">${label}</button>`
const example = (number) => `<button type="button" class="btb-btn" data-set='{"number":"${number}"}' aria-pressed="${number === "0.1"}">${number.replace("-", "−")}</button>`

export function controls(state, { formats, fields, code }) {
  const options = formats.map((name) => `<option ${name === state.format ? "selected" : ""}>${name}</option>`)
  return `<label>format <select name="format">${options.join("")}</select></label>
<label>number, or 0x and bits <input type="text" name="number" value="${escape(state.number)}" spellcheck="false" autocomplete="off" autocapitalize="off"></label>
<span>${EXAMPLES.map(example).join(" ")}</span>
<div class="btb-bits btb-widget__wide" role="group" aria-label="bits: press one to flip it" data-own="bits" data-fields="${fields}">${register(fields, BigInt(code))}</div>
<span>${own("previous", "Previous")} ${own("next", "Next")}</span>
<label>exponent field <input type="range" data-own="exponent" min="0" max="${2 ** fields[1] - 1}" value="${exponent(fields, BigInt(code))}"><output data-own="field">${exponent(fields, BigInt(code))}</output></label>
<label><input type="checkbox" name="digits" ${state.digits ? "checked" : ""}>all digits</label>`
}

const exponent = ([, width, fraction], code) => Number(BigInt.asUintN(width, code >> BigInt(fraction)))

// The drawing -------------------------------------------------------------------------------------------------------------

const X = scale(0, 1, 24, WIDTH - 24)
const [ROW, HEIGHT] = [50, 114]

export function draw(data) {
  const kept = { fields: data.fields, code: data.code, previous: data.previous ?? "", next: data.next ?? "", value: data.value ?? "" }
  const attributes = Object.entries(kept).map(([key, value]) => `data-${key}="${value}"`)
  const rows = data.others.map(([type, value]) => `<tr><th scope="row">${type}</th><td>${escape(value)}</td></tr>`)
  return `<div class="btb-explored" ${attributes.join(" ")}><p class="btb-explored__still">${data.pattern}</p>
${data.line ? numbers(data.line) : drawing(40, "No place on the number line", text(24, 24, "NaN has no place on the number line"))}
${readout([["code", data.code], ...data.shown])}
<p class="btb-explored__exact"><span class="btb-label">exact value</span>${escape(data.exact)}</p>
<table class="btb-reading"><caption><span class="btb-label">the same bits read as</span></caption><tbody>${rows.join("")}</tbody></table></div>`
}

function numbers({ at, exact, beyond, labels }) {
  const places = [0, at, 1].map(X)
  const ends = [at / 2, (1 + at) / 2].map(X)
  const mark = exact === null ? "" : `<path class="btb-explored__mark" d="M${X(exact).toFixed(1)} ${ROW - 6}l-7-13h14z"/>` + text(X(exact), ROW - 28, beyond ? "the exact number is beyond" : "exact", exact > 0.7 ? "btb-end" : exact < 0.3 ? "" : "btb-middle")
  const content = [
    segment(ends[0], ROW, ends[1], ROW, "btb-explored__range"),
    segment(places[0], ROW, places[2], ROW, "btb-axis"),
    ...ends.map((end) => segment(end, ROW - 8, end, ROW + 8, "btb-explored__half")),
    ...places.map((place, i) => dot(place, ROW, i === 1 ? "btb-explored__now" : "btb-explored__next", i === 1 ? 6 : 4)),
    mark,
    text(places[0], ROW + 58, labels[0]),
    text(places[1], ROW + 30, labels[1], "btb-middle"),
    text(places[2], ROW + 58, labels[2], "btb-end"),
  ]
  return drawing(HEIGHT, `The number line from ${labels[0]} over ${labels[1]} to ${labels[2]}; all between the two ticks rounds to the number in the middle`, content.join(""))
}

// What the reader does ----------------------------------------------------------------------------------------------------

export function connect(view, { state, set }) {
  const form = view.closest(".btb-widget").querySelector("form")
  const [bits, previous, next, slider, field] = ["bits", "previous", "next", "exponent", "field"].map((key) => form.querySelector(`[data-own="${key}"]`))
  const shown = () => view.firstElementChild.dataset
  const fields = () => shown().fields.split(",").map(Number)
  const hex = (code) => `0x${code.toString(16).padStart(Math.ceil(fields().reduce((a, b) => a + b) / 4), "0")}`
  let code = 0n
  let flipped = null

  function paint() {
    if (bits.dataset.fields !== shown().fields) bits.innerHTML = register(fields(), code)
    bits.dataset.fields = shown().fields
    for (const cell of bits.querySelectorAll("button")) {
      const digit = on(code, cell.dataset.bit)
      cell.textContent = digit
      cell.ariaPressed = digit === 1
      cell.ariaLabel = said(digit, cell.dataset.bit, cell.dataset.field)
      cell.toggleAttribute("data-on", digit === 1)
      cell.toggleAttribute("data-flipped", cell.dataset.bit === flipped)
    }
    slider.max = 2 ** fields()[1] - 1
    slider.value = field.value = exponent(fields(), code)
    previous.disabled = !shown().previous
    next.disabled = !shown().next
  }

  // What was flipped is seen at once; what it means comes from Python.
  function change(to, bit = null) {
    code = to
    flipped = bit
    set({ number: hex(code) })
    paint()
  }

  function follow() {
    const now = BigInt(shown().code)
    const asked = /^0x[\da-f]+$/i.test(state.number) ? BigInt(state.number) : now
    if (asked === code && asked !== now) return // the answer to an earlier state, while a later one is painted already
    if (now !== code) flipped = null
    code = now
    paint()
  }

  form.addEventListener("click", ({ target }) => {
    const { bit, own } = target.closest("button")?.dataset ?? {}
    if (bit) change(code ^ (1n << BigInt(bit)), bit)
    else if (own && shown()[own]) change(BigInt(shown()[own]))
  })
  form.addEventListener("input", ({ target }) => {
    const [, width, fraction] = fields()
    const ones = ((1n << BigInt(width)) - 1n) << BigInt(fraction)
    if (target === slider) change((code & ~ones) | (BigInt(slider.value) << BigInt(fraction)))
    // Another format keeps the number, not the bits: those are read as other types below.
    else if (target.name === "format" && shown().value) set({ number: shown().value })
  })
  new MutationObserver(follow).observe(view, { childList: true }) // each drawing, and a reset
  follow()
}

// The widget of bricks: straight pieces over a curve with the reader's kinks, and the errors of wide and deep networks.

import { added, chosen, even, halved, height, moved, nearest, places, removed, snapped, stroked, whole } from "../kinks.js"
import { axes, dot, dragging, drawing, escape, line, logScale, power, readout, scale, segment, text, WIDTH } from "../svg.js"

const LEFT = 58
const QUICK = 400 // milliseconds between the two presses that remove a kink

// Controls: those with a name are the kit's, those with data-own are kept in step by `connect`. -------------------------

const own = (key, type, label, more) => `<input type="${type}" data-own="${key}" aria-label="${label}" ${more}>`
const told = (key) => `<output data-own="${key}"></output>`
const act = (name, label) => `<button type="button" class="btb-btn" data-act="${name}">${label}</button>`
const checked = (yes) => (yes ? "checked" : "")
const mode = (state, value, label) =>
  `<label><input type="radio" name="mode" value="${value}" ${checked(state.mode === value)}>${label}</label>`
const option = ([value, label], now) =>
  `<option value="${value}" ${value === now ? "selected" : ""}>${escape(label)}</option>`

export function controls(state, { curves, most }) {
  return `${mode(state, "kinks", "place kinks")}${mode(state, "depth", "depth against width")}
<div data-when="kinks">
<label>curve <select name="curve">${Object.entries(curves).map((pair) => option(pair, state.curve)).join("")}</select></label>
<label><input type="checkbox" name="shift" ${checked(state.shift)}>shift by half the error</label>
<label>kink <input type="number" name="kink" min="1" max="${most.kink}" value="${state.kink}">${told("count")}</label>
<span class="btb-bricks__at">${own("at", "range", "position of the kink", 'min="0" max="1" step="0.005"')}${own("at", "number", "position of the kink, in digits", 'min="0" max="1" step="any"')}</span>
<span>${act("add", "Add")} ${act("remove", "Remove")} ${act("even", "Even")} ${act("best", "Best")} <button type="button" class="btb-btn" data-set='{"kinks":"","kink":1}'>None</button></span>
<span class="btb-label btb-widget__wide">Click an empty place of the drawing to add a kink; drag a kink; click it twice to remove it.</span>
</div>
<div data-when="drawn">
<span class="btb-label btb-widget__wide">Draw by dragging across the drawing, or set one point after the other.</span>
<label>point ${own("point", "range", "point of your curve", `min="0" max="${most.point}" value="${most.point / 2}"`)}${told("x")}</label>
<label>height ${own("height", "range", "height of the point", `min="0" max="${most.height}"`)}${told("y")}</label>
<button type="button" class="btb-btn" data-set='{"points":"${escape(state.points)}"}'>Wave again</button>
</div>
<label data-when="depth" class="btb-widget__wide">ReLUs <input type="range" name="relus" min="1" max="${most.relus}" value="${state.relus}"><output data-show="relus">${state.relus}</output></label>`
}

// Drawings ------------------------------------------------------------------------------------------------------------

const X = scale(0, 1, LEFT, WIDTH - 16)
const Y = scale(0, 1, 290, 44)
const STRIP = { top: 360, bottom: 440 }

export const draw = (data, { curve }) => (data.mode === "depth" ? drawDepth(data) : drawKinks(data, curve === "drawn"))

function drawKinks(data, drawn) {
  const inner = data.network.slice(1, -1)
  const content = [
    axes({ at: X, from: LEFT, to: X(1), ticks: [0, 0.25, 0.5, 0.75, 1] }, { at: Y, from: Y(0), to: Y(1), ticks: [0, 0.5, 1] }),
    plane("plane", LEFT, X(1), Y(1) - 16, Y(0) + 14, drawn ? "btb-sweeps" : ""),
    ...inner.map(([x, y]) => segment(X(x), Y(0), X(x), Y(y), "btb-axis btb-bricks__stem")),
    line(data.curve, X, Y, 2),
    line(data.network, X, Y, 1),
    worst(data),
    ...data.network.map(([x, y]) => dot(X(x), Y(y), "btb-bricks__end", 3)),
    ...inner.map(([x, y], i) => kink(X(x), Y(y), i + 1, data.chosen)),
    sample(LEFT + 8, 18, 2, data.name) + sample(LEFT + 300, 18, 1, "your line"),
    strip(data),
  ]
  const svg = drawing(STRIP.bottom + 6, `${data.name}, a line of straight pieces over it, and their difference`, content.join(""))
  return svg.replace("<svg", `<svg data-places="${data.places}"`) + readout(data.shown)
}

const plane = (part, left, right, top, bottom, name = "") =>
  `<rect class="btb-bricks__plane ${name}" data-part="${part}" x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/>`

const same = (unit) => unit
const sample = (x, y, series, name) => line([[x, y], [x + 36, y]], same, same, series) + text(x + 44, y + 5, name)

// The wide circle is what a finger hits.
const kink = (x, y, number, now) =>
  dot(x, y, `btb-bricks__kink ${number === now ? "btb-bricks__chosen" : ""}`, 7) +
  dot(x, y, "btb-bricks__plane btb-handle", 27).replace("/>", ` data-part="kink"/>`)

const worst = ({ worst: [x, y, gap] }) => segment(X(x), Y(y), X(x), Y(y + gap), "btb-bricks__worst")

// The difference on a scale of its own, with par as two lines.
function strip({ gap, error, par, worst: [x, , most] }) {
  const size = Math.max(error, par ?? 0) * 1.05 || 1
  const at = scale(-size, size, STRIP.bottom, STRIP.top)
  const pars = par ? [-par, par].map((value) => segment(LEFT, at(value), X(1), at(value), "btb-bricks__par")) : []
  return [
    text(LEFT, STRIP.top - 10, `line − curve, enlarged${par ? "; par dashed" : ""}`, "btb-name"),
    segment(LEFT, at(0), X(1), at(0), "btb-axis"),
    text(LEFT - 8, at(0) + 5, "0", "btb-end"),
    ...pars,
    line(gap, X, at, 1),
    segment(X(x), at(0), X(x), at(most), "btb-bricks__worst"),
  ].join("")
}

const across = (relus) => scale(0, relus, LEFT + 6, WIDTH - 110)
const E = logScale(1e-8, 1, 330, 44)
const POWERS = [0, -2, -4, -6, -8]

function drawDepth(data) {
  const last = data.most.relus
  const n = across(last)
  const at = ([relus, error]) => [n(relus), E(error)]
  const [wide, deep] = data.now.map(at)
  const yours = at(data.yours)
  const lines = Object.entries({ wide: "one layer", deep: "deep", rounded: "float32" }).map(([key, label], i) => {
    const [x, y] = at(data[key].at(-1))
    return line(data[key], n, E, i + 1) + text(x + 8, y + 5, label)
  })
  const content = [
    axes(
      { at: n, from: n(0), to: n(last), ticks: Array.from({ length: last / 6 + 1 }, (_, i) => 6 * i) },
      { at: E, from: E(1e-8), to: E(1), ticks: POWERS.map((exponent) => 10 ** exponent), label: (value) => power(Math.round(Math.log10(value))) },
    ),
    plane("relus", LEFT, n(last) + 16, E(1), E(1e-8) + 30, "btb-sweeps"),
    segment(wide[0], E(1e-8), wide[0], E(1), "btb-axis btb-bricks__stem"),
    ...lines,
    dot(...wide, "btb-bricks__kink", 6) + dot(...deep, "btb-bricks__kink", 6),
    dot(...yours, "btb-bricks__yours", 9) + text(yours[0] + 14, yours[1] - 6, "your kinks"),
    text(LEFT - 48, 16, "largest error for x², by number of ReLUs", "btb-name"),
  ]
  const label = "Largest error against the number of ReLUs: that of one layer falls slowly, that of deep networks fast"
  return drawing(364, label, content.join("")) + readout(data.shown)
}

// What the reader does ------------------------------------------------------------------------------------------------

export function connect(view, { state, set }) {
  const form = view.closest(".btb-widget").querySelector("form")
  const [count, slider, digits, point, x, tall, y] = form.querySelectorAll("[data-own]")
  const most = { kink: Number(form.elements.kink.max), point: Number(point.max), height: Number(tall.max), relus: Number(form.elements.relus.max) }
  const acts = {
    add: () => halved(state, most.kink),
    remove: () => removed(state, chosen(state)),
    even: () => even(state),
    best: () => ({ kinks: view.querySelector("[data-places]")?.dataset.places ?? state.kinks }),
  }

  function change(to) {
    if (Object.keys(to).length) set(to)
    follow()
  }

  // Show the chosen kink and the chosen point in the controls that are not the kit's.
  function follow() {
    const kinks = places(state)
    const number = chosen(state)
    slider.disabled = digits.disabled = !number
    if (number) slider.value = kinks[number - 1]
    if (number && digits !== document.activeElement) digits.value = kinks[number - 1]
    count.value = `of ${kinks.length}`
    tall.value = height(state, point.value)
    x.value = `x = ${point.value / most.point}`
    y.value = (tall.value / most.height).toFixed(2)
    form.querySelector('[data-act="add"]').disabled = kinks.length >= most.kink
    form.querySelector('[data-act="remove"]').disabled = !number
  }

  form.addEventListener("input", ({ target }) => {
    const value = Number(target.value)
    const spot = [Number(point.value), Number(tall.value)]
    if (target === tall) change(stroked(state, spot, spot))
    else if (target.dataset.own === "at" && value > 0 && value < 1) change(moved(state, chosen(state), value))
    else follow()
  })
  form.addEventListener("focusout", follow)
  form.addEventListener("click", ({ target }) => change(acts[target.dataset.act]?.() ?? {}))
  new MutationObserver(follow).observe(view, { childList: true }) // each drawing, and a reset
  follow()
  dragging(view, "[data-part]", pressing(state, most, change))
}

// One press: a kink is dragged, chosen or, pressed twice, removed; the ground gets a kink or a stroke of the curve.
function pressing(state, most, change) {
  let start, far, before, number
  let last = {}
  const spot = (x, y) => [whole(X.inverse(x) * most.point, 0, most.point), whole(Y.inverse(y) * most.height, 0, most.height)]

  function pressed() {
    const now = performance.now()
    const twice = last.number === number && now - last.now < QUICK
    last = twice ? {} : { number, now }
    change(twice ? removed(state, number) : { kink: number })
  }

  const parts = {
    relus: (phase, x) => change({ relus: whole(across(most.relus).inverse(x), 1, most.relus) }),
    kink(phase, x) {
      if (far) change(moved(state, number, snapped(X.inverse(x))))
      else if (phase === "end") pressed()
    },
    plane(phase, x, y) {
      if (!far && phase === "end") change(added(state, snapped(X.inverse(x)), most.kink))
      if (!far || phase !== "move" || state.curve !== "drawn") return
      change(stroked(state, before, spot(x, y)))
      before = spot(x, y)
    },
  }

  return (x, y, { part }, phase) => {
    if (phase === "start") [start, far, before, number] = [[x, y], false, spot(x, y), nearest(state, X.inverse(x))]
    far ||= Math.hypot(x - start[0], y - start[1]) > 8
    parts[part](phase, x, y)
  }
}

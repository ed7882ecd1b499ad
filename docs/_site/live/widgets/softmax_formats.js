// Softmax of logits that were shifted and stored in four formats: a card with bars for each, and the error over all shifts.

import { axes, dot, dragging, drawing, escape, line, logScale, number, power, scale, segment, text } from "../svg.js"

// A slider counts steps along a list of values: for c two digits and zeros, for T ten to a factor of 10.
const SHIFTS = [...Array(10).keys(), ...[10, 100, 1000, 10_000].flatMap((ten) => Array.from({ length: 90 }, (_, i) => ten + (i * ten) / 10)), 100_000]
const TEMPERATURES = Array.from({ length: 27 }, (_, i) => Number((10 ** ((i - 13) / 10)).toPrecision(2)))
const STEPS = {
  c: { low: 1 - SHIFTS.length, high: SHIFTS.length - 1, at: (step) => Math.sign(step) * SHIFTS[Math.abs(step)], of: (c) => Math.sign(c) * nearest(SHIFTS, Math.abs(c)) },
  T: { low: 0, high: TEMPERATURES.length - 1, at: (step) => TEMPERATURES[step], of: (t) => nearest(TEMPERATURES, t) },
}

const CASES = [
  ["c = 0", { c: 0, T: 1, form: "shifted" }],
  ["c = 100", { c: 100, T: 1, form: "shifted" }],
  ["c = 300", { c: 300, T: 1, form: "shifted" }],
  ["c = 1000", { c: 1000, T: 1, form: "shifted" }],
  ["c = 70000", { c: 70_000, T: 1, form: "shifted" }],
  ["T = 0.05", { c: 0, T: 0.05, form: "shifted" }],
  ["textbook, c = 100", { c: 100, T: 1, form: "textbook" }],
]
const FORMS = { shifted: "largest subtracted first", textbook: "textbook, exp(x) / sum" }
const MARKS = { holds: "M6 1.5a4.5 4.5 0 1 0 .01 0z", moved: "M6 1 11.5 11H.5z", broken: "M2 2 10 10M10 2 2 10" }
const WORDS = { holds: "holds", moved: "moved", broken: "NaN" }

function nearest(values, value) {
  const after = values.findIndex((one) => one >= value)
  if (after < 1) return after < 0 ? values.length - 1 : 0
  return values[after] - value < value - values[after - 1] ? after : after - 1
}

export function controls(state) {
  const logits = state.logits.map(
    (x, i) => `<label>x${"₁₂₃₄"[i]} <output data-show="logits.${i}">${number(x)}</output><input type="range" name="logits" min="-5" max="5" step="0.1" value="${x}" aria-label="logit x${i + 1}"></label>`,
  )
  const forms = Object.entries(FORMS).map(
    ([form, words]) => `<label><input type="radio" name="form" value="${form}"${state.form === form ? " checked" : ""}>${words}</label>`,
  )
  const cases = CASES.map(([words, set]) => {
    const pressed = Object.entries(set).every(([key, value]) => state[key] === value)
    return `<button type="button" class="btb-btn" data-set='${JSON.stringify(set)}' aria-pressed="${pressed}">${words}</button>`
  })
  return (
    `<div class="btb-formats__logits">${logits.join("")}</div>` +
    stepped("c", "shift c", 'min="-100000" max="100000" step="1"', state) +
    stepped("T", "temperature T", 'min="0.05" max="20" step="0.05"', state) +
    `<div class="btb-widget__wide btb-formats__row" role="radiogroup" aria-label="How softmax is computed">${forms.join("")}</div>` +
    `<div class="btb-widget__wide btb-formats__row" role="group" aria-label="Cases">${cases.join("")}</div>`
  )
}

// A number field for the exact value and a slider over the steps, which `connect` keeps together.
function stepped(key, words, limits, state) {
  const { low, high, of } = STEPS[key]
  return (
    `<div class="btb-formats__pair"><label>${words} <input type="number" name="${key}" ${limits} value="${state[key]}"></label>` +
    `<input type="range" data-steps="${key}" min="${low}" max="${high}" value="${of(state[key])}" aria-valuetext="${number(state[key])}" aria-label="${words}"></div>`
  )
}

export const show = (state) => Object.fromEntries(state.logits.map((x, i) => [`logits.${i}`, number(x)]))

export function draw(data, state) {
  const exact = { name: "exact", head: "x", rows: data.exact, note: "of x itself; the line in every bar" }
  const stored = data.formats.map((one) => ({ ...one, head: state.c ? "stored" : "stored x", note: one.why }))
  const cards = [exact, ...stored].map((one, i) => card(one, i, data.exact))
  return `<div class="btb-formats">${cards.join("")}</div>${curves(data, state)}`
}

function card(one, series, exact) {
  const rows = one.rows.map(
    ({ logit, p, bar }, i) => `<tr><th scope="row">${logit}</th><td>${p}</td></tr><tr aria-hidden="true"><td colspan="2">${bars(bar, exact[i].bar)}</td></tr>`,
  )
  const verdict = one.state ? `<span class="btb-formats__${one.state}"><svg viewBox="0 0 12 12" aria-hidden="true"><path d="${MARKS[one.state]}"/></svg>${WORDS[one.state]}</span>` : ""
  const sums = one.state ? `<tr><th scope="row">moved</th><td>${escape(one.moved)}</td></tr><tr><th scope="row">sum of p</th><td>${one.sum}</td></tr>` : ""
  return (
    `<table class="btb-format btb-format--${series}"><caption><b>${one.name}</b> ${verdict}</caption>` +
    `<thead><tr><th scope="col">${one.head}</th><th scope="col">p</th></tr></thead><tbody>${rows.join("")}</tbody>` +
    `<tfoot>${sums}<tr><td colspan="2">${escape(one.note)}</td></tr></tfoot></table>`
  )
}

function bars(length, exact) {
  const bar = length === null ? `<path class="btb-formats__empty" d="M0 0H100V8H0z"/>` : `<path d="M0 0H${length}V8H0z"/>`
  return `<svg viewBox="0 0 100 8" preserveAspectRatio="none">${bar}<path class="btb-formats__exact" d="M${exact}-3V11"/></svg>`
}

const PLOT = { left: 66, right: 540, top: 48, bottom: 236, nothing: 3, floor: -17 } // NaN stands above 1, 0 below 1e-16
const place = logScale(1, 1 + SHIFTS.at(-1), PLOT.left, PLOT.right) // of 1 + |c|, so that 0 has a place
const across = (c) => place(1 + Math.abs(c))
const up = scale(PLOT.floor, PLOT.nothing, PLOT.bottom, PLOT.top)
const height = (level) => up(level ?? PLOT.nothing)

function curves(data, state) {
  const sign = state.c < 0 ? -1 : 1
  const lines = data.formats.map((one, i) => line(data.shifts.map((c, k) => [c, one.curve[k] ?? PLOT.nothing]), across, up, i + 1))
  const ends = spread(data.formats.map((one) => height(one.curve.at(-1))))
  const names = data.formats.map((one, i) => text(PLOT.right + 8, ends[i] + 4, one.name))
  const dots = data.formats.map((one, i) => dot(across(state.c), height(one.level), `btb-format--${i + 1}`))
  const now = segment(across(state.c), PLOT.top - 8, across(state.c), PLOT.bottom, "btb-formats__now")
  const area = `<path class="btb-formats__plot" d="M${PLOT.left} ${PLOT.top - 16}H${PLOT.right}V${PLOT.bottom + 30}H${PLOT.left}z"/>`
  const words = `The share of the probability that moves in each format over the shift c, worst of the shifts around each, on logarithmic axes; a line marks c = ${number(state.c)}`
  const name = text(PLOT.left - 48, 18, "share moved, worst around each c", "btb-name")
  return drawing(286, words, name + frame(sign) + lines.join("") + names.join("") + now + dots.join("") + area)
}

const frame = (sign) =>
  axes(
    { at: across, from: PLOT.left, to: PLOT.right, ticks: [0, 10, 100, 1000, 10_000, 100_000], name: "shift c", label: (c) => (sign < 0 && c ? "−" : "") + (c < 1000 ? c : power(Math.log10(c))) },
    { at: up, from: PLOT.bottom, to: PLOT.top, ticks: [PLOT.nothing, 0, -4, -8, -12, PLOT.floor], label: level },
  )

const level = (value) => ({ [PLOT.nothing]: "NaN", 0: "1", [PLOT.floor]: "0" })[value] ?? power(value)

// Move labels apart from top to bottom, and back up where the last would leave the plot.
function spread(heights, apart = 24) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b])
  const places = [...heights]
  order.forEach((i, k) => k && (places[i] = Math.max(places[i], places[order[k - 1]] + apart)))
  let limit = PLOT.bottom - 8 // clear of the numbers below the axis
  for (const i of order.reverse()) {
    places[i] = Math.min(places[i], limit)
    limit = places[i] - apart
  }
  return places
}

export function connect(view, { state, set }) {
  const sliders = view.closest("section").querySelectorAll("[data-steps]")
  const follow = () => {
    for (const slider of sliders) {
      const key = slider.dataset.steps
      slider.value = STEPS[key].of(state[key])
      slider.setAttribute("aria-valuetext", number(state[key]))
    }
  }
  for (const slider of sliders)
    slider.addEventListener("input", () => {
      set({ [slider.dataset.steps]: STEPS[slider.dataset.steps].at(slider.valueAsNumber) })
      follow()
    })
  new MutationObserver(follow).observe(view, { childList: true }) // a new drawing: the state may come from elsewhere
  dragging(view, ".btb-formats__plot", (x) => {
    const c = SHIFTS[nearest(SHIFTS, Math.max(0, place.inverse(x) - 1))]
    set({ c: state.c < 0 ? -c : c })
  })
}

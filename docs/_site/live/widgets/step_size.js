// The step of a difference: two points of a curve with the line through them, and the error of each method over the step.

import { axes, dot, dragging, drawing, escape, line, power, readout, scale, segment, text, WIDTH } from "../svg.js"

const CASES = [
  ["too small a step", { h: -44 }],
  ["steep and wavy", { function: "wave", format: "float64", h: -17 }],
  ["a large value", { function: "high", format: "float64", h: -17 }],
  ["float32", { function: "reciprocal", format: "float32", h: -26 }],
  ["complex step and |x|", { function: "softsign", format: "float64", h: -40 }],
]

const superscript = (exponent) => power(exponent).slice(2)
const about = (exponent) => (2 ** exponent).toExponential(0).replace("-", "−")
const option = (value, label, now) => `<option value="${value}"${value === now ? " selected" : ""}>${escape(label)}</option>`
const choice = (state, key, value) =>
  `<label><input type="radio" name="${key}" value="${value}"${state[key] === value ? " checked" : ""}>${value}</label>`

export function controls(state, { names }) {
  const cases = CASES.map(([words, set]) => {
    const pressed = Object.entries(set).every(([key, value]) => state[key] === value)
    return `<button type="button" class="btb-btn" data-set='${JSON.stringify(set)}' aria-pressed="${pressed}">${words}</button>`
  })
  return (
    `<label class="btb-widget__wide">step h <input type="range" name="h" min="-56" max="-2" step="1" value="${state.h}"><output data-show="h" class="btb-step__h">${show(state).h}</output></label>` +
    `<label>function <select name="function">${Object.entries(names).map(([value, label]) => option(value, label, state.function)).join("")}</select></label>` +
    `<label>x <input type="range" name="x" min="0.75" max="3" step="0.125" value="${state.x}"><output data-show="x">${state.x}</output></label>` +
    ["forward", "central"].map((name) => choice(state, "method", name)).join("") +
    ["float64", "float32"].map((name) => choice(state, "format", name)).join("") +
    `<div class="btb-widget__wide" role="group" aria-label="Cases">${cases.join("")}</div>`
  )
}

export const show = (state) => ({ h: `2${superscript(state.h)} = ${about(state.h)}` })

export const draw = (data, state) => secant(data, state) + errors(data, state) + readout(data.shown)

// The curve with the line through the two points, and the tangent behind it.
function secant(data, state) {
  const heights = data.curve.map(([, y]) => y)
  const [low, high] = [Math.min(...heights), Math.max(...heights)]
  const pad = 0.1 * (high - low)
  const X = scale(0.5, 3.25, 58, WIDTH - 16)
  const Y = scale(low - pad, high + pad, 186, 16)
  const [[x0, y0], [x1, y1]] = data.points
  const through = [(x0 + x1) / 2, (y0 + y1) / 2]
  const at = state.method === "forward" ? data.points[0] : through
  const content = [
    axes({ at: X, from: 58, to: X(3.25), ticks: [0.5, 1, 1.5, 2, 2.5, 3] }, { at: Y, from: 186, to: 16, ticks: [low, high], label: (y) => Number(y.toPrecision(3)) }),
    line(data.curve, X, Y, 3),
    ray(at, data.tangent, X, Y, low - pad, high + pad, "btb-axis"),
    ray(through, data.slope, X, Y, low - pad, high + pad, `btb-series btb-series--${state.method === "forward" ? 1 : 2}`),
    ...data.points.map(([x, y]) => dot(X(x), Y(y), "btb-step__now", 5)),
  ]
  return drawing(212, `${data.names[state.function]}, the line through the two points of the ${state.method} difference, and the tangent in gray`, content.join(""))
}

// A straight line through a point, cut off at the frame.
function ray([x, y], slope, X, Y, low, high, name) {
  const ends = [0.5, 3.25].map((edge) => {
    const end = y + slope * (edge - x)
    const held = Math.min(high, Math.max(low, end))
    return [slope ? x + (held - y) / slope : edge, held]
  })
  return segment(X(ends[0][0]), Y(ends[0][1]), X(ends[1][0]), Y(ends[1][1]), name)
}

const FLOOR = -18
const FRAME = { left: 58, right: WIDTH - 24, top: 40, bottom: 300 }
const across = scale(-56, -2, FRAME.left, FRAME.right)
const up = scale(FLOOR, 4, FRAME.bottom, FRAME.top)
const ten = Math.log10(2)

const same = (unit) => unit
const sample = (x, series, name) => line([[x, 13], [x + 28, 13]], same, same, series) + text(x + 34, 18, name)

// The predicted bound as a thin line.
const bound = (levels) => line(levels.map((level, k) => [k - 56, level]), across, up).replace(/class="[^"]*"/, 'class="btb-step__bound"')

function errors(data, state) {
  const chosen = state.method === "forward" ? 1 : 2
  const lines = ["forward", "central", "complex"].map((name, i) => line(data.errors[name].map((level, k) => [k - 56, level]), across, up, i + 1))
  const bounds = ["forward", "central"].map((name) => bound(data.predicted[name]))
  const dots = Object.values(data.now).map((level, i) => dot(across(state.h), up(level), "btb-step__now", i + 1 === chosen ? 6 : 3.5))
  const [truncation, rounding] = data.split.map((level) => up(Math.max(level, FLOOR)))
  const side = state.h > -14 ? "btb-end" : ""
  const words = (y, label) => text(across(state.h) + (side ? -10 : 10), y, label, side)
  const apart = Math.abs(truncation - rounding) < 18 ? (truncation < rounding ? 10 : -10) : 0
  const marks = [
    segment(across(state.h) - 7, truncation, across(state.h) + 7, truncation, "btb-step__part"),
    segment(across(state.h) - 7, rounding, across(state.h) + 7, rounding, "btb-step__part"),
    words(truncation + 4 - apart, "truncation"),
    words(rounding + 4 + apart, "rounding"),
  ]
  const area = `<path class="btb-step__plane btb-sweeps" d="M${FRAME.left} ${FRAME.top}H${FRAME.right}V${FRAME.bottom + 30}H${FRAME.left}z"/>`
  const best = Math.min(-2, Math.max(-56, data.best / ten))
  const content = [
    text(10, 18, "error", "btb-name"),
    ...["forward", "central", "complex step"].map((name, i) => sample(110 + 166 * i, i + 1, name)),
    axes(
      { at: across, from: FRAME.left, to: FRAME.right, ticks: [-16, -12, -8, -4, -1].map((n) => n / ten), label: (h) => power(Math.round(h * ten)), name: "step h" },
      { at: up, from: FRAME.bottom, to: FRAME.top, ticks: [0, -4, -8, -12, -16], label: (level) => (level ? power(level) : "1") },
    ),
    segment(across(best), FRAME.top, across(best), FRAME.top + 10, "btb-step__part") + text(across(best), FRAME.top + 30, "best", "btb-middle btb-name"),
    ...bounds,
    ...lines,
    segment(across(state.h), FRAME.top, across(state.h), FRAME.bottom, "btb-cursor"),
    ...dots,
    ...marks,
    area,
  ]
  return drawing(350, `The error of three ways to measure the slope over the step on logarithmic axes, their predicted bounds, and the step 2^${state.h}`, content.join(""))
}

export function connect(view, { set }) {
  dragging(view, ".btb-step__plane", (x) => set({ h: Math.round(Math.min(-2, Math.max(-56, across.inverse(x)))) }))
}

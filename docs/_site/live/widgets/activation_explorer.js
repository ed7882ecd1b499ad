// The activation explorer: value and slope of one or two functions, read at a point that the reader drags.

import { axes, dot, dragging, drawing, escape, line, number, scale, segment, ticks } from "../svg.js"

const SIZE = { width: 400, height: 260 }
const FRAME = { left: 44, right: 392, top: 26, bottom: 214 }

export function controls(state, { functions, none, spans }) {
  const option = (name, chosen) =>
    `<option${name === chosen ? " selected" : ""}${functions[name]?.length ? ` class="btb-knows-${functions[name][0]}"` : ""}>${name}</option>`
  const select = (key, label, known) =>
    `<label>${label} <select name="${key}">${known.map((name) => option(name, state[key])).join("")}</select></label>`
  const range = (key, label, low, high, step) =>
    `<label class="btb-knob-${key}">${label} <input type="range" name="${key}" min="${low}" max="${high}" step="${step}" value="${state[key]}">` +
    `<output data-show="${key}">${state[key]}</output></label>`
  const names = Object.keys(functions)
  return (
    select("first", "function", names) +
    select("second", "beside", [...names, none]) +
    select("span", "interval ±", spans) +
    `<div class="btb-widget__wide"><label>x <input type="number" name="x" min="-100" max="100" step="any" value="${state.x}"></label>` +
    `<input type="range" name="x" aria-label="x, by slider" min="-8" max="8" step="0.01" value="${state.x}"></div>` +
    range("alpha", "alpha", 0.1, 3, 0.05) +
    range("slope", "left slope", 0, 0.9, 0.01)
  )
}

export function draw(data) {
  const { series } = data
  const values = panel(data, "value", series.map((one) => one.values), series.map((one) => Number(one.value)))
  const slopes = panel(data, "slope", series.map((one) => one.slopes), series.map((one) => Number(one.slope)))
  return `<div class="btb-explorer">${values}${slopes}</div>${table(data)}`
}

function panel({ x, span, series }, name, curves, read) {
  const heights = curves.flat().filter(Boolean).map((point) => point[1])
  const marks = ticks(Math.min(0, ...heights), Math.max(1, ...heights), 5)
  const margin = 0.06 * (Math.max(1, ...heights) - Math.min(0, ...heights))
  const across = scale(-span, span, FRAME.left, FRAME.right)
  const up = scale(Math.min(0, ...heights) - margin, Math.max(1, ...heights) + margin, FRAME.bottom, FRAME.top)
  const inside = Math.abs(x) <= span
  const content = [
    axes(
      { at: across, from: FRAME.left, to: FRAME.right, ticks: [-span, -span / 2, 0, span / 2, span], name: "x" },
      { at: up, from: FRAME.bottom, to: FRAME.top, ticks: marks, name },
    ),
    inside ? segment(across(x), FRAME.top, across(x), FRAME.bottom, "btb-cursor") : "",
    ...curves.map((points, i) => line(points, across, up, i + 1)),
    ...read.map((value, i) => (inside ? dot(across(x), up(value), `btb-spot btb-spot--${i + 1}`) : "")),
  ]
  const label = `The ${name} of ${series.map((one) => one.label).join(" and ")} against x`
  return drawing(SIZE.height, label, content.join(""), "btb-panel btb-sweeps", SIZE.width)
}

function table({ x, series }) {
  const swatch = (i) =>
    `<svg class="btb-swatch" viewBox="0 0 32 8" aria-hidden="true"><path class="btb-series btb-series--${i + 1}" d="M0 4H32"/></svg>`
  const heads = series.map((one, i) => `<th scope="col">${swatch(i)}${escape(one.label)}</th>`).join("")
  const row = (name, tell) =>
    `<tr><th scope="row">${name}</th>${series.map((one) => `<td>${number(tell(one))}</td>`).join("")}</tr>`
  const extreme = ({ slope, where }) => `${slope} <small>${where}</small>`
  return (
    `<table class="btb-reading"><thead><tr><td>x = ${number(Number(x.toPrecision(7)))}</td>${heads}</tr></thead><tbody>` +
    row("value", (one) => one.value) +
    row("in float32", (one) => one.float32) +
    row("its error", (one) => one.error) +
    row("slope", (one) => one.slope) +
    row("least slope", (one) => extreme(one.low)) +
    row("largest slope", (one) => extreme(one.high)) +
    "</tbody></table>"
  )
}

export function connect(view, { state, set }) {
  dragging(view, ".btb-panel", (across) => {
    const x = scale(-state.span, state.span, FRAME.left, FRAME.right).inverse(across)
    const step = state.span / 200
    set({ x: Number((Math.round(Math.max(-state.span, Math.min(state.span, x)) / step) * step).toFixed(3)) })
  })
}

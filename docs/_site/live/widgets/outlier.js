// The outlier: a row of weights of which one can be dragged, and what 4 bits leave of them per tensor and in blocks.

import { dot, dragging, drawing, escape, number, readout, scale, segment, text, WIDTH } from "../svg.js"

const LEFT = 44
const MOST = 60
const ROW = { height: 144, gap: 48, top: 26 }
const TICKS = [-60, -10, 0, 10, 60]
const CASES = [0, 4, 8, 20, 60]

const option = ([value, label], now) => `<option value="${value}"${value === now ? " selected" : ""}>${escape(label)}</option>`

export function controls(state, { schemes }) {
  const cases = CASES.map(
    (value) => `<button type="button" class="btb-btn" data-set='${JSON.stringify({ value })}' aria-pressed="${state.value === value}">${value}</button>`,
  )
  return (
    `<label class="btb-widget__wide">the outlier <input type="range" name="value" min="${-MOST}" max="${MOST}" step="0.5" value="${state.value}"><output data-show="value">${number(state.value)}</output></label>` +
    `<label>against <select name="scheme">${Object.entries(schemes).map((pair) => option(pair, state.scheme)).join("")}</select></label>` +
    `<div class="btb-formats__row" role="group" aria-label="Sizes of the outlier">${cases.join("")}</div>`
  )
}

export const show = (state) => ({ value: number(state.value) })

// Small weights and an outlier of 60 fit into one drawing on an axis that is straight around 0 and logarithmic far out.
const bend = scale(-Math.asinh(MOST), Math.asinh(MOST), ROW.height, 0)
const bent = (value) => bend(Math.asinh(value))

export function draw(data) {
  const across = scale(-1, data.weights.length, LEFT, WIDTH - 8)
  const rows = [{ name: "weights", values: data.weights }, ...data.rows].map((row, i) => stems(row, i, data, across))
  const label = `${data.weights.length} weights, one of them ${data.weights[data.at]}, and what two ways to store 4 bits leave of them`
  return drawing(3 * (ROW.height + ROW.gap) + 4, label, rows.join("")) + readout(data.shown)
}

function stems({ name, values, sqnr }, i, { at, block }, across) {
  const top = ROW.top + i * (ROW.height + ROW.gap)
  const y = (value) => top + bent(value)
  const marks = values.map((value, k) => (k === at ? "" : `M${across(k).toFixed(1)} ${y(0).toFixed(1)}V${y(value).toFixed(1)}`))
  const zeros = values.flatMap((value, k) => (value === 0 && k !== at ? [across(k)] : []))
  const handle = i ? "" : dot(across(at), y(values[at]), "btb-bricks__plane btb-handle", 27).replace("/>", ` data-part="outlier"/>`)
  const told = sqnr === undefined ? "" : text(WIDTH - 8, top - 10, `${number(sqnr)} dB without the outlier`, "btb-end btb-name")
  return [
    i === 2 ? `<rect class="btb-outlier__block" x="${across(block[0] - 0.5).toFixed(1)}" y="${top}" width="${(across(block[1]) - across(block[0])).toFixed(1)}" height="${ROW.height}"/>` : "",
    text(LEFT, top - 10, name),
    told,
    ...TICKS.map((value) => segment(LEFT, y(value), WIDTH - 8, y(value), value ? "btb-grid" : "btb-axis") + text(LEFT - 8, y(value) + 4, number(value), "btb-end btb-tick")),
    `<path class="btb-outlier__stems btb-series--${i + 1}" d="${marks.join("")}"/>`,
    zeros.map((x) => dot(x, y(0), "btb-outlier__zero", 2)).join(""),
    segment(across(at), y(0), across(at), y(values[at]), "btb-bricks__worst"),
    dot(across(at), y(values[at]), i ? "btb-outlier__end" : "btb-bricks__kink", i ? 4 : 7),
    handle,
  ].join("")
}

export function connect(view, { set }) {
  dragging(view, '[data-part="outlier"]', (x, y) => {
    const value = Math.sinh(bend.inverse(y - ROW.top))
    set({ value: Math.max(-MOST, Math.min(MOST, Math.round(2 * value) / 2)) })
  })
}

// The switches: the size of the stream and the largest attention logit, block by block, on logarithmic axes.

import { axes, dot, drawing, line, logScale, number, readout, scale, segment, text } from "../svg.js"

const OFF = { qk_norm: false, swin: false, z_loss: false }
const CASES = [
  ["Llama", OFF],
  ["Chameleon-7B", { qk_norm: true, swin: false, z_loss: true }],
  ["Chameleon-34B", { qk_norm: true, swin: true, z_loss: true }],
  ["weights × 8", { scale: 8 }],
  ["drift 300", { drift: 300 }],
  ["weights × 1, no drift", { scale: 1, drift: 0 }],
]

export function controls(state) {
  const box = (key, words) => `<label><input type="checkbox" name="${key}"${state[key] ? " checked" : ""}>${words}</label>`
  const range = (key, words, limits) =>
    `<label>${words} <output data-show="${key}">${show(state)[key]}</output><input type="range" name="${key}" ${limits} value="${state[key]}"></label>`
  const cases = CASES.map(([words, set]) => {
    const pressed = Object.entries(set).every(([key, value]) => state[key] === value)
    return `<button type="button" class="btb-btn" data-set='${JSON.stringify(set)}' aria-pressed="${pressed}">${words}</button>`
  })
  return (
    `<div class="btb-widget__wide">${box("qk_norm", "QK-norm")}${box("swin", "norm after each branch (Swin)")}${box("z_loss", "z-loss")}</div>` +
    range("drift", "drift of the logits", 'min="-300" max="300" step="1"') +
    range("scale", "weights ×", 'min="1" max="8" step="0.5"') +
    range("seed", "seed", 'min="0" max="9" step="1"') +
    `<div class="btb-widget__wide" role="group" aria-label="Cases">${cases.join("")}</div>`
  )
}

export const show = (state) => ({ scale: number(state.scale), drift: number(state.drift), seed: String(state.seed) })

const LEVELS = [1, 10, 100, 1000, 10_000, 100_000]
const HEIGHT = { top: 40, bottom: 236 }
const LOWEST = 0.5

export const draw = (data) =>
  `<div class="btb-explorer">${panel("RMS of the stream", data.stream, 0, 1)}${panel("largest attention logit", data.attention, 1, 2, data.bound)}</div>${readout(data.shown)}`

// One value a block; `first` is the number of the first, 0 for the stream before any block.
function panel(title, values, first, series, bound) {
  const width = 360
  const [left, right] = [64, width - 14]
  const top = LEVELS.find((level) => level >= Math.max(...values, 10)) ?? LEVELS.at(-1)
  const x = scale(0, 6, left, right)
  const y = logScale(LOWEST, top, HEIGHT.bottom, HEIGHT.top)
  const points = values.map((value, i) => [i + first, Math.max(LOWEST, value)])
  const ceiling = bound ? segment(left, y(bound), right, y(bound), "btb-switches__bound") + text(right, y(bound) - 6, "√d", "btb-end btb-name") : ""
  const content = [
    text(left - 48, 18, title, "btb-name"),
    axes(
      { at: x, from: left, to: right, ticks: [0, 1, 2, 3, 4, 5, 6], name: "block" },
      { at: y, from: HEIGHT.bottom, to: HEIGHT.top, ticks: LEVELS.filter((level) => level <= top), label: (level) => level.toLocaleString("en") },
    ),
    ceiling,
    line(points, x, y, series),
    ...points.map(([block, value]) => dot(x(block), y(value), `btb-spot btb-spot--${series}`, 5)),
  ]
  return drawing(284, `${title} by block, on a logarithmic axis: ${values.join(", ")}`, content.join(""), "btb-panel", width)
}

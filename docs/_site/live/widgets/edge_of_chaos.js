// The edge of chaos: signal and gradient by layer on a logarithmic axis, the predicted lines first, measured marks over them.

import { axes, dot, drawing, escape, line, power, readout, scale, text, WIDTH } from "../svg.js"

const CASES = [
  ["tanh, gain 5/3", { activation: "tanh", normalization: "none", gain: 1.67, measured: false }],
  ["sigmoid, gain 4", { activation: "sigmoid", normalization: "none", gain: 4, measured: false }],
  ["ReLU, batch norm", { activation: "relu", normalization: "batch", gain: 1, measured: false }],
  ["ReLU, He", { activation: "relu", normalization: "none", gain: 1.41, measured: false }],
  ["PyTorch's default", { activation: "relu", normalization: "none", gain: 0.58, measured: false }],
]

const options = (names, now) =>
  Object.entries(names).map(([value, label]) => `<option value="${value}"${value === now ? " selected" : ""}>${escape(label)}</option>`).join("")
const range = (state, limits, key, label, step) =>
  `<label>${label} <input type="range" name="${key}" min="${limits[key][0]}" max="${limits[key][1]}" step="${step}" value="${state[key]}"><output data-show="${key}">${show(state)[key]}</output></label>`
const button = (words, set, pressed) =>
  `<button type="button" class="btb-btn" data-set='${JSON.stringify(set)}' aria-pressed="${pressed}">${words}</button>`

export function controls(state, { names, norms, limits }) {
  const cases = CASES.map(([words, set]) => button(words, set, Object.entries(set).every(([key, value]) => state[key] === value)))
  return (
    `<label>activation <select name="activation">${options(names, state.activation)}</select></label>` +
    `<label>norm <select name="normalization">${options(norms, state.normalization)}</select></label>` +
    range(state, limits, "gain", "gain", 0.01) +
    range(state, limits, "depth", "layers", 1) +
    `<label><input type="checkbox" name="measured"${state.measured ? " checked" : ""}>measure</label>` +
    `<label>network <input type="number" name="seed" min="${limits.seed[0]}" max="${limits.seed[1]}" step="1" value="${state.seed}"></label>` +
    `<div class="btb-widget__wide" role="group" aria-label="Cases: predict first, then measure">${cases.join("")}</div>`
  )
}

export const show = (state) => ({ gain: state.gain.toFixed(2), depth: String(state.depth) })

const FRAME = { left: 58, right: WIDTH - 20, top: 46, bottom: 310 }

const square = (x, y, name, half = 3.5) =>
  `<rect class="${name}" x="${(x - half).toFixed(1)}" y="${(y - half).toFixed(1)}" width="${2 * half}" height="${2 * half}"/>`

export function draw(data, { depth }) {
  const across = scale(0, depth, FRAME.left, FRAME.right)
  const up = scale(-data.range, data.range, FRAME.bottom, FRAME.top)
  const levels = [-1, -0.5, 0, 0.5, 1].map((share) => share * data.range)
  const layers = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * depth))
  const points = (curve) => curve.map((level, layer) => [layer, level])
  const every = Math.ceil(depth / 20)
  const marks = (curve, mark, name) =>
    points(curve)
      .filter(([layer]) => layer % every === 0)
      .map(([layer, level]) => mark(across(layer), up(level), name))
      .join("")
  const { predicted, measured } = data.curves
  const content = [
    axes(
      { at: across, from: FRAME.left, to: FRAME.right, ticks: [...new Set(layers)], name: "layer" },
      { at: up, from: FRAME.bottom, to: FRAME.top, ticks: levels, label: (level) => (level ? power(level) : "1") },
    ),
    line(points(predicted[0]), across, up, 1),
    line(points(predicted[1]), across, up, 2),
    measured ? marks(measured[0], dot4, "btb-edge__signal") + marks(measured[1], square, "btb-edge__gradient") : "",
    legend(measured),
  ]
  const label = `Size of signal and gradient at each of ${depth} layers on a logarithmic axis, predicted${measured ? " and measured" : ""}`
  return drawing(356, label, content.join("")) + readout(data.shown)
}

const dot4 = (x, y, name) => dot(x, y, name, 3.5)
const same = (unit) => unit

// A mark on a line of the legend is what was measured.
function legend(measured) {
  const at = (x, series, mark, words) => line([[x, 16], [x + 44, 16]], same, same, series) + (measured ? mark : "") + text(x + 54, 21, words)
  return (
    at(58, 1, dot4(80, 16, "btb-edge__signal"), "signal →") +
    at(340, 2, square(362, 16, "btb-edge__gradient"), "← gradient")
  )
}

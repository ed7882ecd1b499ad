// Goodfellow's chain: a bar for what each order of the Taylor series adds, the running sum, and the truth.

import { axes, dot, drawing, line, number, readout, scale, segment, text, ticks, WIDTH } from "../svg.js"

const CASES = [
  ["an ordinary rate", { l: 10, w: 1.1, rate: -10, drop: false }],
  ["w = 1.1, ask for 0.1", { l: 10, w: 1.1, drop: true }],
  ["w = 0.7, ask for 0.1", { l: 10, w: 0.7, drop: true }],
  ["w = 0.5, ask for 0.1", { l: 10, w: 0.5, drop: true }],
  ["three layers", { l: 3, w: 1.1, rate: -10, drop: false }],
]

const rateOf = (rate) => Number((10 ** (rate / 10)).toPrecision(2))
const short = (value) => {
  const size = Math.abs(value)
  const digits = size >= 1e5 || (size > 0 && size < 1e-3) ? value.toExponential(0).replace("e+", "e") : String(Number(value.toPrecision(3)))
  return number(digits)
}

export function controls(state) {
  const range = (key, words, limits) =>
    `<label>${words} <output data-show="${key}">${show(state)[key]}</output><input type="range" name="${key}" ${limits} value="${state[key]}"></label>`
  const cases = CASES.map(([words, set]) => {
    const pressed = Object.entries(set).every(([key, value]) => state[key] === value)
    return `<button type="button" class="btb-btn" data-set='${JSON.stringify(set)}' aria-pressed="${pressed}">${words}</button>`
  })
  return (
    range("rate", "rate ε", 'min="-40" max="40" step="1"') +
    range("l", "layers l", 'min="1" max="20" step="1"') +
    range("w", "each weight w", 'min="0.3" max="1.6" step="0.05"') +
    `<label class="btb-widget__wide"><input type="checkbox" name="drop"${state.drop ? " checked" : ""}>take the rate that promises a drop of 0.1 instead</label>` +
    `<div class="btb-widget__wide" role="group" aria-label="Cases">${cases.join("")}</div>`
  )
}

export const show = (state) => ({ l: String(state.l), w: number(state.w), rate: state.drop ? "for a drop of 0.1" : short(rateOf(state.rate)) })

const FRAME = { left: 76, right: WIDTH - 12, top: 36, bottom: 270 }

export function draw(data, state) {
  const count = data.orders.length
  const values = [0, ...data.orders, ...data.sums, data.after]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const pad = 0.08 * (high - low)
  const x = scale(-0.6, count + 0.6, FRAME.left, FRAME.right)
  const y = scale(low - pad, high + pad, FRAME.bottom, FRAME.top)
  const width = 0.6 * (x(1) - x(0))
  const bar = (at, from, to, name) =>
    `<rect class="btb-chain__bar ${name}" x="${x(at) - width / 2}" y="${Math.min(y(from), y(to))}" width="${width}" height="${Math.max(1, Math.abs(y(to) - y(from)))}"/>`
  const apart = Math.ceil(count / 12)
  const places = [...Array(count).keys()].filter((k) => k % apart === 0)
  const content = [
    text(10, 18, "what each order adds; line: their sum so far", "btb-name"),
    axes(
      { at: x, from: FRAME.left, to: FRAME.right, ticks: places, name: "order" },
      { at: y, from: FRAME.bottom, to: FRAME.top, ticks: ticks(low - pad, high + pad, 5), label: short },
    ),
    segment(FRAME.left, y(0), FRAME.right, y(0), "btb-axis"),
    ...data.orders.map((value, k) => bar(k, 0, value, k === 1 ? "btb-chain__first" : k ? "" : "btb-chain__now")),
    line(data.sums.map((sum, k) => [k, sum]), x, y, 2),
    ...data.sums.map((sum, k) => dot(x(k), y(sum), "btb-spot btb-spot--2", 3.5)),
    bar(count, 0, data.after, "btb-chain__after"),
    text(x(count), FRAME.bottom + 22, "new y", "btb-middle"),
  ]
  return drawing(318, `What each of the orders 0 to ${state.l} adds to the output after one step, the running sum, and the new output`, content.join("")) + readout(data.shown)
}

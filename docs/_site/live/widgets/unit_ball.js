// The plane with all vectors of norm 1, a vector that can be dragged, and where one step of each penalty takes it.

import { axes, dot, dragging, drawing, line, number, readout, scale, segment, text } from "../svg.js"

const FRAME = { left: 60, right: 420, top: 16, bottom: 376 }
const across = scale(-3, 3, FRAME.left, FRAME.right)
const up = scale(-3, 3, FRAME.bottom, FRAME.top)
const CASES = [
  ["diamond, p = 1", { inverse: 1 }],
  ["circle, p = 2", { inverse: 0.5 }],
  ["square, p = ∞", { inverse: 0 }],
  ["star, p = ½", { inverse: 2 }],
  ["a short vector", { x: 0.6, y: 0.4, strength: 1 }],
]

export function controls(state) {
  const cases = CASES.map(([words, set]) => {
    const pressed = Object.entries(set).every(([key, value]) => state[key] === value)
    return `<button type="button" class="btb-btn" data-set='${JSON.stringify(set)}' aria-pressed="${pressed}">${words}</button>`
  })
  return (
    slider("inverse", "1/p", 0, 4, 0.05, state) +
    slider("strength", "strength", 0, 3, 0.05, state) +
    slider("x", "x", -3, 3, 0.05, state) +
    slider("y", "y", -3, 3, 0.05, state) +
    `<div class="btb-widget__wide" role="group" aria-label="Cases">${cases.join("")}</div>`
  )
}

const slider = (key, words, low, high, step, state) =>
  `<label>${words} <input type="range" name="${key}" min="${low}" max="${high}" step="${step}" value="${state[key]}"><output data-show="${key}">${show(state)[key]}</output></label>`

export const show = (state) => ({
  inverse: `p = ${state.inverse ? Number((1 / state.inverse).toPrecision(3)) : "∞"}`,
  strength: number(state.strength),
  x: number(state.x),
  y: number(state.y),
})

export function draw(data, state) {
  const at = [across(state.x), up(state.y)]
  const steps = Object.entries(data.steps).flatMap(([, [a, b]], i) => [
    segment(...at, across(a), up(b), `btb-series btb-series--${i + 2}`),
    dot(across(a), up(b), `btb-ball--${i + 2}`, 5),
  ])
  const names = Object.keys(data.steps).map((name, i) => sample(i + 1, `after ${name}`))
  const content = [
    axes({ at: across, from: FRAME.left, to: FRAME.right, ticks: [-3, -2, -1, 0, 1, 2, 3] }, { at: up, from: FRAME.bottom, to: FRAME.top, ticks: [-3, -2, -1, 0, 1, 2, 3] }),
    segment(across(0), FRAME.top, across(0), FRAME.bottom, "btb-axis"),
    segment(FRAME.left, up(0), FRAME.right, up(0), "btb-axis"),
    `<path class="btb-ball__plane btb-handle" d="M${FRAME.left} ${FRAME.top}H${FRAME.right}V${FRAME.bottom}H${FRAME.left}z"/>`,
    line(data.ball, across, up, 1, "btb-ball__through"),
    segment(across(0), up(0), ...at, "btb-cursor"),
    ...steps,
    dot(across(data.unit[0]), up(data.unit[1]), "btb-ball--1", 5),
    dot(...at, "btb-ball__now", 6),
    sample(0, `norm 1, ${show(state).inverse}`),
    ...names,
  ]
  return drawing(402, `The plane with all vectors of norm 1 for ${show(state).inverse}, the vector (${number(state.x)}, ${number(state.y)}), and where one step of each of three penalties takes it`, content.join("")) + readout(data.shown)
}

const same = (unit) => unit
const sample = (row, name) => line([[440, 24 + 28 * row], [468, 24 + 28 * row]], same, same, row + 1) + text(476, 28 + 28 * row, name)

export function connect(view, { set }) {
  const held = (value) => Math.round(20 * Math.min(3, Math.max(-3, value))) / 20
  dragging(view, ".btb-ball__plane, .btb-ball__now, .btb-ball__through", (x, y) => set({ x: held(across.inverse(x)), y: held(up.inverse(y)) }))
}

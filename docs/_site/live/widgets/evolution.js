// Evolution: the whole population as colored codes, what its best network does, and the losses of all generations so far.

import { axes, dot, drawing, escape, line, number, power, readout, scale, segment, text, WIDTH } from "../svg.js"

const BEAT = 80 // milliseconds of a generation while playing
const CALM = { beat: 1000, by: 10 } // for readers who want less motion
const HELD = 2 // the generation that is shown while a slider is dragged: few enough for a frame
const CASES = [
  ["flips and crossover", { rate: 1.5, elite: 2, crossover: true }],
  ["flips alone", { rate: 1.5, elite: 2, crossover: false }],
  ["crossover alone", { rate: 0, elite: 2, crossover: true }],
  ["8% flips", { rate: 8, elite: 2, crossover: true }],
  ["8%, no elite", { rate: 8, elite: 0, crossover: true }],
]

const range = (state, limits, key, label, step) =>
  `<label>${label} <input type="range" name="${key}" min="${limits[key][0]}" max="${limits[key][1]}" step="${step}" value="${state[key]}"><output data-show="${key}">${show(state)[key] ?? state[key]}</output></label>`
const choice = (state, [value, label]) =>
  `<label><input type="radio" name="task" value="${value}"${state.task === value ? " checked" : ""}>${escape(label)}</label>`
const act = (name, label) => `<button type="button" class="btb-btn" data-act="${name}">${label}</button>`
const preset = (state, [label, set]) =>
  `<button type="button" class="btb-btn" data-set='${JSON.stringify(set)}' aria-pressed="${Object.entries(set).every(([key, value]) => state[key] === value)}">${label}</button>`

export function controls(state, { tasks, limits }) {
  return (
    range(state, limits, "rate", "flipped bits", 0.1) +
    range(state, limits, "generation", "generation", 1) +
    `<div class="btb-widget__wide">${act("play", "Play")}${act("step", "Step")}<button type="button" class="btb-btn" data-set='{"generation":0}'>Generation 0</button>${Object.entries(tasks).map((pair) => choice(state, pair)).join("")}</div>` +
    range(state, limits, "elite", "elite", 1) +
    range(state, limits, "seed", "seed", 1) +
    `<label><input type="checkbox" name="crossover"${state.crossover ? " checked" : ""}>crossover</label>` +
    `<div class="btb-widget__wide" role="group" aria-label="Cases">${CASES.map((pair) => preset(state, pair)).join("")}</div>`
  )
}

export const show = ({ rate }) => ({ rate: `${rate.toFixed(1)}%` })

export function draw(data, state) {
  const best = data.regions ? boundary(data) : curve(data)
  return `${population(data, state)}<div class="btb-explorer">${best}${losses(data, state)}</div>${readout(data.shown)}`
}

// The population: a row for each genome, a column for each code. ---------------------------------------------------------

const PICTURE = { left: 52, right: WIDTH - 4, top: 30, height: 2.4, gap: 8 }

// From −3 to 3: the sign of a value, and how large it is.
const strength = (value) => Math.sign(value) * (Math.abs(value) >= 0.5 ? 3 : Math.abs(value) >= 0.125 ? 2 : 1)
const colored = (kind) => `btb-evolution__code btb-evolution--${kind < 0 ? "minus" : "plus"} btb-evolution--${Math.abs(kind)}`

function population({ codes, layers, values }, { generation }) {
  const { left, right, top, height, gap } = PICTURE
  const width = layers.reduce((sum, count) => sum + count)
  const rows = codes.length / width
  const unit = (right - left - gap * (layers.length - 1)) / width
  const kinds = [...codes].map((code) => strength(values[Number.parseInt(code, 16)]))
  let [first, x] = [0, left]
  const parts = layers.map((count, i) => {
    const name = i === layers.length - 1 ? "output" : "hidden units"
    const part = `<g transform="translate(${(x + unit / 2).toFixed(1)} ${top})scale(${unit.toFixed(3)} ${height})">${columns(kinds, width, rows, first, count)}</g>`
    const words = text(x, top - 8, `${name}: ${count} codes`, "btb-name")
    first += count
    x += count * unit + gap
    return part + words
  })
  const bottom = top + rows * height
  const content = [
    `<path class="btb-evolution__ground" d="M${left} ${top}H${right}V${bottom}H${left}z"/>`,
    ...parts,
    text(left - 8, top + 12, "best", "btb-end"),
    text(left - 8, bottom, "worst", "btb-end"),
    key(left, bottom + 30),
  ]
  return drawing(bottom + 40, `The ${rows} genomes of generation ${generation}, a row each, the best above, their codes colored by value`, content.join(""))
}

// One path a color. In a column equal codes stand below each other once the population converges: they are one stroke.
function columns(kinds, width, rows, first, count) {
  const paths = {}
  for (let x = 0; x < count; x++)
    for (let y = 0, end; y < rows; y = end) {
      const kind = kinds[y * width + first + x]
      end = y + 1
      while (end < rows && kinds[end * width + first + x] === kind) end++
      if (!kind) continue
      const path = (paths[kind] ??= { d: "", x: 0, y: 0 })
      path.d += `m${x - path.x} ${y - path.y}v${end - y}`
      Object.assign(path, { x, y: end })
    }
  return Object.entries(paths).map(([kind, { d }]) => `<path class="${colored(kind)}" d="${d}"/>`).join("")
}

function key(x, y) {
  const swatch = (kind, i) => (kind ? `<path class="${colored(kind)} btb-evolution__key" d="M${x + 44 + 20 * i} ${y - 14}v16"/>` : "")
  return text(x, y, "−1") + [-3, -2, -1, 0, 1, 2, 3].map(swatch).join("") + text(x + 104, y, "0", "btb-middle") + text(x + 180, y, "1")
}

// What the best network does. ---------------------------------------------------------------------------------------------

const PANEL = { width: 360, left: 56, right: 348, top: 40, bottom: 236 }
const axis = (at, ticks, more) => ({ at, from: PANEL.left, to: PANEL.right, ticks, ...more })
const height = (at, ticks, more) => ({ at, from: PANEL.bottom, to: PANEL.top, ticks, ...more })
const panel = (title, label, content) =>
  drawing(284, label, text(8, 18, title, "btb-name") + content.join(""), "btb-panel", PANEL.width)

function boundary({ rows, regions, x, y }) {
  const X = scale(-1.5, 2.5, PANEL.left, PANEL.right)
  const Y = scale(rows[0], rows.at(-1), PANEL.bottom, PANEL.top)
  const thick = ((PANEL.bottom - PANEL.top) / (rows.length - 1) + 0.4).toFixed(1)
  let d = ""
  regions.forEach((ends, row) => {
    for (let i = 0; i < ends.length; i += 2) d += `M${X(ends[i]).toFixed(1)} ${Y(rows[row]).toFixed(1)}H${X(ends[i + 1]).toFixed(1)}`
  })
  return panel("the best network", "The two moons, and the region that the best network takes for the second", [
    `<path class="btb-evolution__region" stroke-width="${thick}" d="${d}"/>`,
    axes(axis(X, [-1, 0, 1, 2]), height(Y, [-1, 0, 1])),
    ...[0, 1].map((label) => points(x.filter((_, i) => y[i] === label), X, Y, label)),
  ])
}

const points = (places, X, Y, label) =>
  `<path class="btb-evolution__points btb-evolution__points--${label}" stroke-linecap="${label ? "round" : "square"}" d="${places.map(([x, y]) => `M${X(x).toFixed(1)} ${Y(y).toFixed(1)}h0`).join("")}"/>`

function curve({ curve, x, y }) {
  const X = scale(-1, 1, PANEL.left, PANEL.right)
  const Y = scale(-0.25, 1.25, PANEL.bottom, PANEL.top)
  const held = curve.map(([at, value]) => [at, Math.min(1.3, Math.max(-0.3, value))])
  return panel("the best network", "The points of x², and the curve of the best network", [
    axes(axis(X, [-1, -0.5, 0, 0.5, 1]), height(Y, [0, 0.5, 1])),
    points(x.map(([at], i) => [at, y[i]]), X, Y, 0),
    line(held, X, Y, 1),
  ])
}

function losses({ best, middle, limits, regions }, { generation }) {
  const low = regions ? -3 : -4
  const X = scale(...limits.generation, PANEL.left, PANEL.right)
  const Y = scale(low, 1, PANEL.bottom, PANEL.top)
  const levels = (found) => found.map((level, i) => [i, Math.min(1, Math.max(low, level))])
  const ticks = Array.from({ length: 2 - low }, (_, i) => low + i)
  return panel("loss", "The loss of the best genome and the median loss by generation, on a logarithmic axis", [
    axes(axis(X, [0, 50, 100, 150, 200], { name: "generation" }), height(Y, ticks, { label: (level) => (level ? power(level) : "1") })),
    segment(X(generation), PANEL.top, X(generation), PANEL.bottom, "btb-cursor"),
    line(levels(middle), X, Y, 2),
    line(levels(best), X, Y, 1),
    ...[middle, best].map((found, i) => dot(X(generation), Y(levels(found).at(-1)[1]), `btb-spot btb-spot--${2 - i}`, 4)),
    ...["best", "median"].map((name, i) => line([[112 + 110 * i, 13], [136 + 110 * i, 13]], Number, Number, i + 1) + text(142 + 110 * i, 18, name)),
  ])
}

// Playing: one generation after the other, each asked for once the one before has arrived. --------------------------------

export function connect(view, { state, set }) {
  const section = view.closest(".btb-widget")
  const form = section.querySelector("form")
  const button = form.querySelector("[data-act=play]")
  const last = Number(form.elements.generation.max)
  const next = (by) => set({ generation: Math.min(last, state.generation + by) })
  let playing = null
  let held = null // the generation to come back to when a slider is let go

  function stop() {
    playing = null
    button.textContent = "Play"
  }

  async function play() {
    const mine = (playing = {})
    button.textContent = "Pause"
    const { beat, by } = matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM : { beat: BEAT, by: 1 }
    const begun = state.generation < last || (await set({ generation: 0 }))
    while (begun && playing === mine && view.isConnected && state.generation < last) {
      const rest = new Promise((done) => setTimeout(done, beat))
      if (!(await next(by))) break
      await rest
    }
    if (playing === mine) stop()
  }

  section.addEventListener("click", ({ target }) => {
    const pressed = target.closest("button")
    if (!pressed) return
    const { act } = pressed.dataset
    if (act === "play" && !playing) return play()
    stop()
    if (act === "step") next(1)
  })

  const restarts = (target) => target.type === "range" && target.name !== "generation"
  form.addEventListener("pointerdown", ({ target }) => {
    if (!restarts(target)) return
    stop()
    held = state.generation
  })
  form.addEventListener("input", () => {
    stop()
    if (held !== null) state.generation = Math.min(held, HELD) // the kit asks next
  }, true)
  for (const end of ["pointerup", "pointercancel", "change"])
    form.addEventListener(end, () => {
      const generation = held
      held = null
      if (generation !== null && generation !== state.generation) set({ generation })
    })
}

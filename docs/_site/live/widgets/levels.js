// The widget of the levels: sixteen levels under a bell curve, dragged by the reader, and where their error lies.

import { axes, dot, dragging, drawing, escape, line, readout, scale, segment, text, WIDTH } from "../svg.js"

const [LEFT, RIGHT, REACH, GAP] = [20, WIDTH - 20, 6, 0.005]
const X = scale(-4, 4, LEFT, RIGHT)
const Y = scale(0, 0.42, 190, 30)
const E = { top: 250, bottom: 350 }
const act = (name, words) => `<button type="button" class="btb-btn" data-act="${name}">${words}</button>`

export function controls(state, { books }) {
  const cases = Object.entries(books).map(([name, levels]) => {
    const set = escape(JSON.stringify({ levels }))
    return `<button type="button" class="btb-btn" data-set="${set}" aria-pressed="${levels === state.levels}">${name}</button>`
  })
  return (
    `<label>place of the level <input type="range" data-own="at" min="-4" max="4" step="0.01" value="${list(state)[state.level - 1]}"></label>` +
    `<label>which level <input type="range" name="level" min="1" max="16" value="${state.level}"><output data-show="level">${state.level}</output></label>` +
    `<span>${act("lloyd", "One round of Lloyd")} ${act("narrow", "Narrower")} ${act("wide", "Wider")}</span>` +
    `<div class="btb-widget__wide" role="group" aria-label="Codebooks">${cases.join("")}</div>` +
    `<span class="btb-label btb-widget__wide">Drag a level in the drawing, or choose it by its number and move its place.</span>`
  )
}

const list = (state) => state.levels.split(",").map(Number)
const written = (levels) => levels.map((level) => String(Number(level.toFixed(4)))).join(",")

// The text of all levels after one has been moved; it stays between its neighbors.
export function moved(state, number, to) {
  const ends = [-REACH, ...list(state), REACH]
  const [low, high] = [ends[number - 1] + GAP, ends[number + 1] - GAP]
  ends[number] = low > high ? ends[number] : Math.min(high, Math.max(low, to))
  return written(ends.slice(1, -1))
}

export const stretched = (state, factor) => written(list(state).map((level) => Math.min(REACH, Math.max(-REACH, level * factor))))

export function draw(data, state) {
  const seen = data.levels.map((level, i) => [level, i + 1]).filter(([level]) => Math.abs(level) <= 4)
  const highest = Math.max(...data.error.map(([, error]) => error))
  const up = scale(0, highest * 1.05 || 1, E.bottom, E.top)
  const bell = (x) => 0.39894 * Math.exp((-x * x) / 2)
  const area = data.error.map(([x, error]) => `${X(x).toFixed(1)} ${up(error).toFixed(1)}`).join("L")
  const at = data.levels[state.level - 1]
  const content = [
    text(LEFT, 18, "normal weights and your levels", "btb-name"),
    ...data.bounds.filter((bound) => Math.abs(bound) <= 4).map((bound) => segment(X(bound), Y(0), X(bound), Y(bell(bound)), "btb-step__bound")),
    line(data.bell, X, Y, 1),
    axes({ at: X, from: LEFT, to: RIGHT, ticks: [-4, -3, -2, -1, 0, 1, 2, 3, 4] }, { at: Y, from: Y(0), to: Y(0.42), ticks: [] }),
    ...seen.map(([level, number]) => (number === state.level ? "" : dot(X(level), Y(0), "btb-spot btb-spot--2", 5))),
    Math.abs(at) <= 4 ? segment(X(at), Y(0), X(at), Y(0.42), "btb-cursor") + dot(X(at), Y(0), "btb-step__now", 8) : "",
    text(LEFT, E.top - 12, "where the error lies: its area is the mean squared error", "btb-name"),
    `<path class="btb-line__sky btb-line--1" d="M${LEFT} ${E.bottom}L${area}L${RIGHT} ${E.bottom}z"/>`,
    segment(LEFT, E.bottom, RIGHT, E.bottom, "btb-axis"),
    `<rect class="btb-step__plane btb-sweeps" data-part="plane" x="${LEFT}" y="30" width="${RIGHT - LEFT}" height="${E.bottom - 30}"/>`,
  ]
  const svg = drawing(E.bottom + 8, "A bell curve with sixteen levels on its axis and the bounds between them, and below it the error at each place", content.join(""))
  return svg.replace("<svg", `<svg data-next="${data.next}"`) + readout(data.shown)
}

export function connect(view, { state, set }) {
  const form = view.closest(".btb-widget").querySelector("form")
  const place = form.querySelector("[data-own]")
  const acts = {
    lloyd: () => view.querySelector("svg").dataset.next,
    narrow: () => stretched(state, 0.98),
    wide: () => stretched(state, 1 / 0.98),
  }
  const follow = () => {
    const at = list(state)[state.level - 1]
    place.setAttribute("aria-valuetext", `${at} standard deviations`)
    if (place !== document.activeElement) place.value = at
  }
  form.addEventListener("input", ({ target }) => target === place && set({ levels: moved(state, state.level, Number(place.value)) }))
  form.addEventListener("click", ({ target }) => acts[target.dataset.act] && set({ levels: acts[target.dataset.act]() }))
  new MutationObserver(follow).observe(view, { childList: true }) // each drawing, and a reset
  follow()
  dragging(view, "[data-part]", (x, y, part, phase) => {
    const to = X.inverse(x)
    if (phase === "start") {
      const far = list(state).map((level) => Math.abs(level - to))
      set({ level: far.indexOf(Math.min(...far)) + 1 })
    } else if (phase === "move") set({ levels: moved(state, state.level, to) })
  })
}

// The widget of the sum that goes wrong: the numbers in their order, the error after each, and a ledger of the additions.

import { axes, dot, dragging, drawing, escape, line, number, power, readout, scale, segment, text, WIDTH } from "../svg.js"

const LABELS = { numbers: "numbers", order: "order", method: "method", format: "format" }
const ACTS = { first: "To the front", earlier: "Earlier", later: "Later", last: "To the end" }

export function controls(state, { choices, ranges }) {
  const range = (key, words) =>
    `<label>${words} <output data-show="${key}">${state[key]}</output><input type="range" name="${key}" min="${ranges[key][0]}" max="${ranges[key][1]}" value="${state[key]}"></label>`
  const select = (key) => {
    const options = Object.entries(choices[key]).map(([value, words]) => `<option value="${value}"${value === state[key] ? " selected" : ""}>${escape(words)}</option>`)
    return `<label>${LABELS[key]} <select name="${key}">${options.join("")}</select></label>`
  }
  const acts = Object.entries(ACTS).map(([act, words]) => `<button type="button" class="btb-btn" data-act="${act}">${words}</button>`)
  return (
    `${Object.keys(LABELS).map(select).join("")}${range("n", "how many")}${range("seed", "seed")}` +
    `<div class="btb-widget__wide">${range("item", "choose number")}${acts.join("")}<button type="button" class="btb-btn" data-set='{"moves":""}'>Undo moves</button></div>`
  )
}

const LEFT = 58
const RIGHT = WIDTH - 12
const BARS = { middle: 52, half: 30 }
const PLOT = { top: 128, bottom: 290, none: -2 }

export function draw(data, state) {
  const count = data.rows.length
  const x = scale(0.5, count + 0.5, LEFT, RIGHT)
  const top = Math.max(2, 2 * Math.ceil((Math.max(...data.errors.map((error) => error ?? 0)) + 0.1) / 2))
  const y = scale(PLOT.none, top, PLOT.bottom, PLOT.top)
  const step = top > 8 ? 4 : 2
  const levels = [PLOT.none, ...Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step)]
  const places = count > 20 ? [1, 8, 16, 24, 32].filter((place) => place <= count) : Array.from({ length: count }, (_, i) => i + 1).filter((place) => count < 11 || place % 2)
  const half = y(Math.log10(0.5))
  const content = [
    text(LEFT - 48, 16, "the numbers in order, lengths logarithmic", "btb-name"),
    segment(LEFT, BARS.middle, RIGHT, BARS.middle, "btb-axis"),
    ...data.bars.map((bar, i) => segment(x(i + 1), BARS.middle, x(i + 1), BARS.middle - bar * BARS.half || BARS.middle + 1, barName(data, i + 1))),
    text(LEFT - 48, PLOT.top - 24, "error of the running total in ulp", "btb-name"),
    axes(
      { at: x, from: LEFT, to: RIGHT, ticks: places, name: "numbers added" },
      { at: y, from: PLOT.bottom, to: PLOT.top, ticks: levels, label: (level) => (level === PLOT.none ? "0" : level ? power(level) : "1") },
    ),
    segment(LEFT, half, RIGHT, half, "btb-sums__half"),
    text(LEFT + 8, half - 6, "half an ulp", "btb-name"),
    line(data.errors.map((error, i) => [i + 1, error]), x, y, 1),
    ...data.errors.map((error, i) => (error === null ? "" : dot(x(i + 1), y(error), i + 1 === data.chosen ? "btb-sums__chosen" : "btb-spot btb-spot--1", i + 1 === data.chosen ? 6 : 4))),
    `<rect class="btb-bricks__plane btb-sweeps" data-part="plane" x="${LEFT}" y="20" width="${RIGHT - LEFT}" height="${PLOT.bottom - 20}"/>`,
  ]
  const svg = drawing(340, `${count} numbers in the order in which they are added, and the error of the running total after each`, content.join(""))
  return `${svg.replace("<svg", `<svg data-count="${count}" data-full="${data.full}"`)}${ledger(data, state)}<p class="btb-label">error of each method in this order, in ulp</p>${readout(data.shown)}`
}

const barName = ({ chosen, moved }, place) => `btb-sums__bar${place === chosen ? " btb-sums__bar--chosen" : moved.includes(place) ? " btb-sums__bar--moved" : ""}`

function ledger({ rows, chosen }, { method }) {
  const lines = rows.map(([value, total, exact, error], i) => {
    const now = i + 1 === chosen ? ' aria-current="true"' : ""
    return `<tr${now}><th scope="row">${i + 1}</th><td>${value}</td><td>${total}</td><td>${exact}</td><td>${escape(error)}</td></tr>`
  })
  return (
    `<div class="btb-sums__ledger" role="region" tabindex="0" id="sum_order-ledger" aria-label="Each addition"><table class="btb-sums__rows"><thead><tr>` +
    ["", "number", method === "naive" ? "running total" : "sum so far", "exact", "ulp"].map((head) => `<th scope="col">${head || "#"}</th>`).join("") +
    `</tr></thead><tbody>${lines.join("")}</tbody></table></div>`
  )
}

export const show = (state) => ({ n: number(state.n), seed: number(state.seed), item: `no. ${state.item}` })

// One more move: of the number that the last move brought to this place, that move is led on.
export function movedOn(moves, from, to) {
  const list = moves ? moves.split(",").map((move) => move.split("-").map(Number)) : []
  const last = list.at(-1)
  if (last?.[1] === from) list.pop()
  const start = last?.[1] === from ? last[0] : from
  if (start !== to) list.push([start, to])
  return list.map((move) => move.join("-")).join(",")
}

export function connect(view, { state, set }) {
  const form = view.closest(".btb-widget").querySelector("form")
  const count = () => Number(view.querySelector("svg").dataset.count)
  const goals = { first: () => 1, earlier: (place) => place - 1, later: (place) => place + 1, last: () => count() }
  form.addEventListener("click", ({ target }) => {
    const goal = goals[target.dataset.act]
    if (!goal) return
    const from = Math.min(state.item, count())
    const to = Math.min(count(), Math.max(1, goal(from)))
    if (to !== from) set({ moves: movedOn(state.moves, from, to), item: to })
  })
  const follow = () => {
    const full = view.querySelector("svg").dataset.full === "true"
    for (const button of form.querySelectorAll("[data-act]")) button.disabled = full
  }
  new MutationObserver(follow).observe(view, { childList: true }) // each drawing, and a reset
  dragging(view, "[data-part]", (x) => {
    const n = count()
    const item = Math.min(n, Math.max(1, Math.round(scale(0.5, n + 0.5, LEFT, RIGHT).inverse(x))))
    if (item !== state.item) set({ item })
  })
}

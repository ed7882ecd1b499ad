// One child: the bits of two parents, a coin for each weight, and the child with its flips. A column is a weight.

import { drawing, number, readout, segment, text } from "../svg.js"

const [WIDTH, LEFT, PER, BIT] = [320, 68, 8, 7] // a panel has half a word, so that four fit side by side or stand in a column
const [PITCH, HEAD, ROW, COINS] = [(WIDTH - LEFT) / PER, 32, 40, 20]

const checked = (yes) => (yes ? "checked" : "")
const percent = (rate) => `${Number((100 * rate).toFixed(2))} %`

export function controls(state, { most }) {
  return `<div class="btb-widget__wide"><label>flip rate per bit <input type="range" name="rate" min="0" max="${most.rate}" step="0.0025" value="${state.rate}"><output data-show="rate">${percent(state.rate)}</output></label>
<label>weight <input type="range" name="code" min="1" max="${most.code}" value="${state.code}"><output data-show="code">${state.code}</output></label></div>
<label><input type="checkbox" name="crossover" ${checked(state.crossover)}>crossover</label>
<label><input type="checkbox" name="twins" ${checked(state.twins)}>twins</label>
<label>seed <input type="number" name="seed" min="1" max="${most.seed}" value="${state.seed}"></label>
<span><button type="button" class="btb-btn" data-act="again">Draw again</button> <button type="button" class="btb-btn" data-set='{"rate":0}' aria-pressed="${state.rate === 0}">No flips</button></span>
<span class="btb-label btb-widget__wide">A column is a weight: four bits, the highest first, and the digit that they are. The coin points to the parent who gives it. Press a column for its values.</span>`
}

export const show = (state) => ({ rate: percent(state.rate) })

const at = (place) => LEFT + (place % PER) * PITCH
const middle = (place) => at(place) + 2 * BIT - 1

// A row of codes, each as four bits, the highest first, over its hexadecimal digit. `flips` are framed.
function codes(places, y, values, mothers, flips) {
  const paths = {}
  const digits = places.map((place) => {
    for (const bit of [3, 2, 1, 0]) {
      const x = at(place) + (3 - bit) * BIT
      const name = (values[place] >> bit) & 1 ? origin(mothers[place]) : "btb-child__off"
      paths[name] = `${paths[name] ?? ""}M${x} ${y}h5v13h-5z`
      if ((flips[place] >> bit) & 1) paths["btb-child__flip"] = `${paths["btb-child__flip"] ?? ""}M${x - 2} ${y - 3}h9v19h-9z`
    }
    return text(middle(place), y + 29, values[place].toString(16), `btb-middle btb-child__digit ${flips[place] ? "btb-child__moved" : ""}`)
  })
  const framed = ([name]) => Number(name === "btb-child__flip")
  const drawn = Object.entries(paths).sort((a, b) => framed(a) - framed(b)) // frames lie on top
  return drawn.map(([name, d]) => `<path class="${name}" d="${d}"/>`).join("") + digits.join("")
}

const origin = (mother) => `btb-child__${mother ? "mother" : "father"}`
const coin = (place, y, mother) => `<path class="${origin(mother)}" d="M${middle(place)} ${mother ? y : y + 12}l6 ${mother ? 12 : -12}h-12z"/>`

function panel(first, { parents, coins, children, chosen }) {
  const places = Array.from({ length: PER }, (_, i) => first + i)
  const [all, none] = [coins.map(() => true), coins.map(() => 0)]
  const row = (name, content) => text(0, y + 12, name, "btb-name") + content
  let y = HEAD
  const rows = [row("mother", codes(places, y, parents.mother, all, none))]
  y += ROW - 2
  rows.push(row("coin", places.map((place) => coin(place, y, coins[place])).join("")))
  y += COINS
  rows.push(row("father", codes(places, y, parents.father, none, none)))
  for (const { name, born, codes: values, mother } of children) {
    y += ROW + 6
    const flips = values.map((code, place) => code ^ born[place])
    rows.push(segment(LEFT, y - 9, WIDTH, y - 9, "btb-grid") + row(name, codes(places, y, values, mother, flips)))
  }
  const column = (place, name) => `<rect class="${name}" data-code="${place + 1}" x="${at(place) - 2}" y="${HEAD - 6}" width="${PITCH}" height="${y + ROW - HEAD}"/>`
  const mark = places.includes(chosen) ? column(chosen, "btb-child__chosen") : ""
  const weights = `weights ${first + 1} to ${first + PER}`
  const head = text(LEFT, 14, `word ${first < 2 * PER ? 1 : 2}, ${weights}`, "btb-name")
  const label = `Bits of the ${["mother", "father", ...children.map(({ name }) => name)].join(", the ")}, ${weights}, with a coin for each weight and flipped bits framed`
  const content = head + mark + rows.join("") + places.map((place) => column(place, "btb-child__hit")).join("")
  return drawing(y + ROW, label, content, "btb-panel", WIDTH)
}

export function draw(data) {
  const panels = [0, 1, 2, 3].map((i) => panel(i * PER, data))
  return `<div class="btb-child">${panels.join("")}</div>` + readout(data.shown.map(([term, value]) => [term, number(value)]))
}

export function connect(view, { state, set }) {
  const form = view.closest(".btb-widget").querySelector("form")
  const most = Number(form.elements.seed.max)
  form.addEventListener("click", ({ target }) => target.dataset.act === "again" && set({ seed: (state.seed % most) + 1 }))
  view.addEventListener("click", ({ target }) => target.dataset.code && set({ code: Number(target.dataset.code) }))
}

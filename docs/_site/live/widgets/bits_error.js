// Bits against error: every scheme as a mark, the best ones joined, and one of them read out.

import { axes, drawing, escape, line, readout, scale, segment, text, WIDTH } from "../svg.js"

const FRAME = { left: 58, right: WIDTH - 20, top: 30, bottom: 310 }
const FAMILIES = ["one scale", "integers in blocks", "codebooks", "block formats"]
const SHAPES = ["M-5-5H5V5H-5z", "M0-7 7 0 0 7-7 0z", "M0-6.5 6.5 5.5H-6.5z", "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0z"]
const FLOOR = -2

const option = ([value, label], now) => `<option value="${value}"${value === now ? " selected" : ""}>${escape(label)}</option>`

export function controls(state, { distributions, points }) {
  const groups = FAMILIES.map((family, i) => {
    const own = points.flatMap(([, label, of], index) => (of === i + 1 ? [option([index, label], state.scheme)] : []))
    return `<optgroup label="${family}">${own.join("")}</optgroup>`
  })
  return (
    `<label>numbers <select name="distribution">${Object.entries(distributions).map((pair) => option(pair, state.distribution)).join("")}</select></label>` +
    `<label>scheme <select name="scheme">${groups.join("")}</select></label>` +
    `<label class="btb-widget__wide">one after the other <input type="range" name="scheme" min="0" max="${points.length - 1}" value="${state.scheme}"></label>`
  )
}

const X = scale(1, 9, FRAME.left, FRAME.right)
const Y = scale(FLOOR, 48, FRAME.bottom, FRAME.top)
const at = ([, , , bits, found]) => [X(bits), Y(Math.max(found, FLOOR))]
const shape = ([x, y], family, name, more = "") =>
  `<path class="btb-bits__mark btb-bits__mark--${family} ${name}" transform="translate(${x.toFixed(1)} ${y.toFixed(1)})" d="${SHAPES[family - 1]}"${more}/>`

const legend = FAMILIES.map(
  (family, i) => `<span><svg viewBox="-8 -8 16 16" aria-hidden="true">${shape([0, 0], i + 1, "")}</svg>${family}</span>`,
).join("")

export function draw(data, state) {
  const chosen = data.points[state.scheme]
  const [x, y] = at(chosen)
  const content = [
    text(10, 18, "dB", "btb-name"),
    axes(
      { at: X, from: FRAME.left, to: FRAME.right, ticks: [1, 2, 3, 4, 5, 6, 7, 8, 9], name: "bits a weight, scales included" },
      { at: Y, from: FRAME.bottom, to: FRAME.top, ticks: [0, 10, 20, 30, 40] },
    ),
    data.bound ? segment(X(1), Y(data.bound), X(48 / data.bound), Y(48), "btb-bits__bound") : "",
    data.bound ? text(X(5.2), Y(5.2 * data.bound) - 12, "no code is above", "btb-end btb-name") : "",
    line(data.front, X, Y, 5),
    segment(x, y, x, FRAME.bottom, "btb-cursor"),
    ...data.points.map((point) => shape(at(point), point[2], "")),
    shape([x, y], chosen[2], "btb-bits__chosen"),
    ...data.points.map((point, index) => `<circle class="btb-bricks__plane btb-bits__hit" cx="${at(point)[0].toFixed(1)}" cy="${at(point)[1].toFixed(1)}" r="10" data-scheme="${index}"/>`),
  ]
  const label = `${data.points.length} schemes by bits a weight and decibels; ${chosen[1]} has ${chosen[3]} bits and ${chosen[4]} dB`
  return `<div class="btb-bits__legend">${legend}</div>` + drawing(358, label, content.join("")) + readout(data.shown)
}

export function connect(view, { state, set }) {
  for (const kind of ["pointerover", "click"])
    view.addEventListener(kind, ({ target }) => {
      const scheme = Number(target.closest("[data-scheme]")?.dataset.scheme)
      if (scheme >= 0 && scheme !== state.scheme) set({ scheme })
    })
}

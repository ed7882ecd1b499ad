// The number line: a strip for each format, with a mark for each of its numbers, or a skyline where they are too many.

import { dot, dragging, drawing, escape, number, power, scale, segment, text, ticks, WIDTH } from "../svg.js"

const [LEFT, RIGHT, TOP, ROW, STRIP] = [14, WIDTH - 14, 34, 92, 46]
const TWO = (exponent) => (Number.isInteger(exponent) ? `2${power(exponent).slice(2)}` : `2^${number(exponent)}`)

const CASES = [
  ["FP4", { first: "float4_e2m1fn", second: "float6_e2m3fn", scale: "linear", x: 0, zoom: 14 }],
  ["FP8", { first: "float8_e4m3fn", second: "float8_e5m2", scale: "linear", x: 1, zoom: 15 }],
  ["FP8, all", { first: "float8_e4m3fn", second: "float8_e5m2", scale: "log", x: 1, zoom: 35 }],
  ["16 bits", { first: "float16", second: "bfloat16", scale: "log", x: 1, zoom: 17 }],
  ["float32 at 2²⁴", { first: "float32", second: "none", scale: "linear", x: 16777216, zoom: 13 }],
]

const option = (now) => (name) => `<option${name === now ? " selected" : ""}>${name}</option>`
const act = (name, words, label) => `<button type="button" class="btb-btn" data-act="${name}"${label ? ` aria-label="${label}"` : ""}>${words}</button>`

export function controls(state, { formats, none, most }) {
  const select = (key, label, names) => `<label>${label} <select name="${key}">${names.map(option(state[key])).join("")}</select></label>`
  const line = (value, words) => `<label><input type="radio" name="scale" value="${value}"${state.scale === value ? " checked" : ""}>${words}</label>`
  const cases = CASES.map(([words, set]) => {
    const pressed = Object.entries(set).every(([key, value]) => state[key] === value)
    return `<button type="button" class="btb-btn" data-set='${JSON.stringify(set)}' aria-pressed="${pressed}">${words}</button>`
  })
  return (
    select("first", "format", formats) +
    select("second", "below", [...formats, none]) +
    line("linear", "linear") +
    line("log", "logarithmic") +
    `<label>zoom <input type="range" name="zoom" min="0" max="${most}" value="${state.zoom}"></label>` +
    `<label>at x = <input type="number" name="x" step="any" value="${state.x}"></label>` +
    `<span role="group" aria-label="Move x">${act("left", "◀", "half a view to the left")} ${act("before", "previous number")} ${act("after", "next number")} ${act("right", "▶", "half a view to the right")}</span>` +
    `<div class="btb-widget__wide" role="group" aria-label="Cases">${cases.join("")}</div>`
  )
}

export function draw(data) {
  const { rows, log, view, at } = data
  const across = scale(...view, LEFT, RIGHT)
  const place = (value) => across(log ? Math.log2(Math.abs(value)) : value)
  const bottom = TOP + ROW * rows.length
  const content = [
    at === null ? "" : segment(across(at), TOP - 12, across(at), bottom - 14, "btb-cursor"),
    ...rows.map((row, i) => strip(row, TOP + ROW * i, place, i + 1, log)),
    ...axis(data, across, bottom - 14),
  ]
  const label = `Where the numbers of ${rows.map((row) => row.name).join(" and ")} lie on a ${log ? "logarithmic" : "straight"} line`
  const { before, after } = data
  const svg = drawing(bottom + 24, label, content.join(""), "btb-sweeps")
  return svg.replace("<svg", `<svg data-line='${JSON.stringify({ view, log, before, after })}'`) + table(rows)
}

function strip(row, top, place, series, log) {
  const foot = top + STRIP + 12
  const columns = row.density.length
  const highest = Math.max(...row.density, 1)
  const width = (RIGHT - LEFT) / columns
  const sky = row.density.map((level, i) => `${i ? "" : `M${LEFT} ${foot}`}V${(foot - (level / highest) * STRIP).toFixed(1)}h${width.toFixed(3)}`)
  const even = (value) => value === 0 || Number.isInteger(Math.log2(Math.abs(value)))
  const marks = row.values.map((value) => `M${place(value).toFixed(1)} ${foot}v${even(value) ? -STRIP : -STRIP * 0.6}`)
  const kind = columns ? "sky" : "marks"
  const near = row.near === null || (log && row.near <= 0) ? null : place(row.near)
  return [
    text(LEFT, top + 2, row.name),
    `<text class="btb-name btb-end" x="${RIGHT}" y="${top + 2}" data-told="${series}">${told(row.count)}</text>`,
    segment(LEFT, foot, RIGHT, foot, "btb-axis"),
    `<path class="btb-line__${kind} btb-line--${series}" d="${(columns ? [...sky, `V${foot}z`] : marks).join("")}"/>`,
    near === null ? "" : dot(near, foot, `btb-spot btb-spot--${series}`),
    `<rect class="btb-bricks__plane" data-part="${series}" data-values="${row.values}" x="0" y="${top - 14}" width="${WIDTH}" height="${ROW - 6}"/>`,
  ].join("")
}

const told = (count) => (count === 1 ? "1 number" : `${count.toLocaleString("en-US")} numbers`)

// Close to a large x the axis tells the distance from x, in which the digits differ.
function axis({ view: [low, high], log, at }, across, foot) {
  const close = !log && high - low < Math.abs(at) / 500
  const values = close ? ticks(low - at, high - at, 4) : ticks(low, high, 6)
  const label = (value) => (log ? TWO(value) : close ? (value ? `x ${value < 0 ? "−" : "+"} ${Math.abs(value)}` : "x") : number(value))
  return values.map((value) => {
    const x = across(close ? value + at : value)
    return segment(x, foot, x, foot + 4, "btb-axis") + text(Math.min(Math.max(x, 36), WIDTH - 36), foot + 24, label(value), "btb-tick btb-middle")
  })
}

function table(rows) {
  const line = (name, key) => `<tr><th scope="row">${name}</th>${rows.map((row) => `<td>${escape(row[key])}</td>`).join("")}</tr>`
  return (
    `<table class="btb-reading"><thead><tr><td>at x</td>${rows.map((row) => `<th scope="col">${row.name}</th>`).join("")}</tr></thead><tbody>` +
    `${line("stored", "value")}${line("bits", "bits")}${line("step", "step")}${line("kind", "kind")}</tbody></table>`
  )
}

export function connect(view, { state, set }) {
  const form = view.closest("section").querySelector("form")
  const line = () => JSON.parse(view.querySelector("svg").dataset.line)
  const digits = (value, apart) => Number(value.toPrecision(Math.min(17, Math.max(3, Math.ceil(Math.log10(Math.abs(value) / apart || 1)) + 3))))

  // Move x along the line by a share of what is seen, from where it was.
  function moved(share, from = state.x) {
    const { view: [low, high], log } = line()
    const apart = share * (high - low)
    const to = log ? (from || 1) * 2 ** apart : digits(from + apart, (high - low) / 200)
    if (Math.abs(to) <= 2 ** 96) set({ x: log ? Number(to.toPrecision(4)) : to })
  }

  const acts = {
    left: () => moved(-0.25),
    right: () => moved(0.25),
    before: () => line().before !== null && set({ x: line().before }),
    after: () => line().after !== null && set({ x: line().after }),
  }
  form.addEventListener("click", ({ target }) => acts[target.closest("[data-act]")?.dataset.act]?.())

  function nearest(unit, values) {
    const { view: ends, log } = line()
    const at = scale(...ends, LEFT, RIGHT)
    const away = (value) => Math.abs(at(log ? Math.log2(value) : value) - unit)
    return values ? values.split(",").map(Number).reduce((a, b) => (away(b) < away(a) ? b : a)) : undefined
  }

  view.addEventListener("pointermove", ({ target, clientX }) => {
    const part = target.closest("[data-values]")
    if (!part) return
    const box = part.ownerSVGElement.getBoundingClientRect()
    const value = nearest(((clientX - box.left) / box.width) * WIDTH, part.dataset.values)
    if (value !== undefined) view.querySelector(`[data-told="${part.dataset.part}"]`).textContent = number(value)
  })

  let start, from, far
  dragging(view, "[data-part]", (x, y, { values }, phase) => {
    if (phase === "start") [start, from, far] = [x, state.x, false]
    far ||= Math.abs(x - start) > 6
    const value = nearest(x, values)
    if (far && phase === "move") moved((start - x) / (RIGHT - LEFT), from)
    else if (!far && phase === "end" && value !== undefined) set({ x: value })
  })
}

// The widget of the axes: a small matrix with one cell to change, and beside it what each normalization makes of it.

import { dragging, drawing, escape, text } from "../svg.js"

const SIZE = { width: 320, left: 62, cell: 42, top: 46, row: 30 }
const PER_STEP = 6 // units of a drag sideways that change the cell by 1

export function controls(state, { ranges, groups }) {
  const range = (key, words) =>
    `<label>${words} <output data-show="${key}">${told(state[key])}</output><input type="range" name="${key}" min="${ranges[key][0]}" max="${ranges[key][1]}" value="${state[key]}"></label>`
  const choices = groups.map(
    (count) => `<label><input type="radio" name="groups" value="${count}"${count === state.groups ? " checked" : ""}>${count}</label>`,
  )
  return (
    `${range("value", "value")}${range("row", "of example")}${range("column", "channel")}` +
    `<div class="btb-widget__wide" role="radiogroup" aria-label="Groups of group norm"><span class="btb-label">groups</span>${choices.join("")}</div>` +
    `<span class="btb-label btb-widget__wide">Press a number of the matrix to choose it, and drag it sideways to change it.</span>`
  )
}

const told = (value) => String(value).replace("-", "−")
export const show = (state) => Object.fromEntries(Object.entries(state).map(([key, value]) => [key, told(value)]))

export function draw(data) {
  const plain = data.matrix.map((line) => line.map(() => false))
  const input = { title: "the matrix", note: "rows are examples, columns channels", rows: data.matrix, inside: plain, moved: plain }
  return `<div class="btb-explorer">${panel(input, data.cell, data.values)}${data.panels.map((one) => panel(one, data.cell)).join("")}</div>`
}

const across = (column) => SIZE.left + column * SIZE.cell
const down = (row) => SIZE.top + row * SIZE.row

function panel({ title, note, rows, inside, moved, box }, [row, column], values) {
  const cells = rows.flatMap((line, i) => line.map((value, j) => cell(value, i, j, inside[i][j], moved[i][j], values)))
  const names = rows.map((_, i) => text(SIZE.left - 8, down(i) + 20, `example ${i + 1}`, "btb-tick btb-end"))
  const content = [
    text(0, 14, title, "btb-axes__title"),
    text(0, 34, note, "btb-name"),
    ...names,
    ...cells,
    box ? frame(box[0], box[1], box[2], box[3], "btb-axes__set") : "",
    frame(row, column, 1, 1, "btb-axes__now"),
  ]
  const height = down(rows.length) + 8
  return drawing(height, `${title}: ${rows.map((line) => line.join(" ")).join("; ")}`, content.join(""), "btb-panel", SIZE.width)
}

const frame = (row, column, high, wide, name) =>
  `<rect class="${name}" x="${across(column)}" y="${down(row)}" width="${wide * SIZE.cell}" height="${high * SIZE.row}"/>`

function cell(value, i, j, inside, moved, values) {
  const name = `btb-axes__cell${inside ? " btb-axes__cell--in" : ""}`
  const grip = values ? ` data-cell="${i} ${j}" data-value="${values[i][j]}"` : ""
  return (
    `<rect class="${name}${values ? " btb-sweeps" : ""}"${grip} x="${across(j)}" y="${down(i)}" width="${SIZE.cell}" height="${SIZE.row}"/>` +
    `<text class="btb-middle btb-axes__number${moved ? " btb-axes__number--moved" : ""}" x="${across(j) + SIZE.cell / 2}" y="${down(i) + 20}">${escape(value)}</text>`
  )
}

export function connect(view, { state, set }) {
  let from = null
  dragging(view, "[data-cell]", (x, y, part, phase) => {
    if (phase === "start") {
      const [row, column] = part.cell.split(" ").map(Number)
      from = { x, value: Number(part.value) }
      set({ row: row + 1, column: column + 1, value: from.value })
    } else if (phase === "move") {
      const value = Math.max(-20, Math.min(20, from.value + Math.round((x - from.x) / PER_STEP)))
      if (value !== state.value) set({ value })
    }
  })
}

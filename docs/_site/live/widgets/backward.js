// The widget that steps through a backward pass: a graph that grows downward, and the list of what was handed out.

import { drawing, escape, text } from "../svg.js"

const BOX = { width: 104, height: 58 }
const ACROSS = 110
const DOWN = 88
const EDGE = 4

const option = (value, now) => `<option ${value === now ? "selected" : ""}>${escape(value)}</option>`
const field = (name, value) =>
  `<span class="btb-formats__pair"><label>${name} <input type="range" name="${name}" min="-3" max="3" step="0.1" value="${value}"></label><input type="number" name="${name}" aria-label="${name}, in digits" min="-1000" max="1000" step="any" value="${value}"></span>`
const bug = ([value, label], now) =>
  `<label><input type="radio" name="bug" value="${value}" ${value === now ? "checked" : ""}>${escape(label)}</label>`
const act = (by, label) => `<button type="button" class="btb-btn" data-by="${by}">${label}</button>`

export function controls(state, { picks, bugs, names, longest, total }) {
  return `<label class="btb-widget__wide">pick <select name="expression">${picks.map((pick) => option(pick, state.expression)).join("")}</select></label>
<label class="btb-widget__wide btb-backward__typed">or type <input type="text" name="expression" maxlength="${longest}" value="${escape(state.expression)}" spellcheck="false" autocapitalize="off" autocomplete="off"></label>
${names.map((name) => field(name, state[name])).join("")}
<span class="btb-widget__wide"><span class="btb-label">bug</span>${Object.entries(bugs).map((pair) => bug(pair, state.bug)).join("")}</span>
<span class="btb-widget__wide">${act(-1, "Back")} ${act(1, "Next")} <label>step <input type="range" name="steps" min="0" max="${total}" value="${state.steps}"><output data-show="steps">${state.steps}</output></label></span>`
}

const left = ({ x }) => EDGE + x * ACROSS
const top = ({ y }) => EDGE + y * DOWN

function box(node) {
  const { label, value, gradient, right, first, state } = node
  const [x, y] = [left(node), top(node)]
  const at = (line, content, name) => (content ? text(x + BOX.width / 2, y + line, content, `btb-middle ${name}`) : "")
  return [
    `<rect class="btb-backward__box ${state && `btb-backward__${state}`} ${right && "btb-backward__wrong"} ${first ? "btb-backward__first" : ""}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="3"/>`,
    at(16, label ? `${label} = ${value}` : value, "btb-backward__value"),
    at(34, gradient && `${state === "done" ? "✓ " : ""}grad ${gradient}`, ""),
    at(51, right && `not ${right}`, "btb-backward__right"),
  ].join("")
}

// From the lower side of a node to the upper side of the one that is computed from it.
function way({ points, now }) {
  const centers = points.map(([x, y]) => [left({ x }) + BOX.width / 2, top({ y })])
  const [start, ...rest] = centers
  const d = rest.map(([x, y]) => `L${x.toFixed(1)} ${y}`).join("")
  const head = now ? `<path class="btb-backward__head" d="M${start[0] - 5} ${start[1] + BOX.height + 10}l5 -9l5 9z"/>` : ""
  return `<path class="btb-backward__edge ${now ? "btb-backward__share" : ""}" d="M${start[0]} ${start[1] + BOX.height}${d}"/>${head}`
}

export function draw({ nodes, edges, told, used, total }) {
  const width = Math.max(...nodes.map(left)) + BOX.width + EDGE
  const height = Math.max(...nodes.map(top)) + BOX.height + EDGE
  const label = "The computation graph: variables above, the result below, each node with its value and its gradient so far"
  const svg = drawing(height, label, edges.map(way).join("") + nodes.map(box).join(""), "btb-backward__graph", width)
    .replace("<svg", `<svg width="${width}" height="${height}"`)
  const list = told.map((line) => `<li>${escape(line)}</li>`).join("")
  return `<div class="btb-backward" data-total="${total}" data-used="${used}"><div class="btb-backward__scroll" tabindex="0" role="group" aria-label="Graph">${svg}</div><ol>${list}</ol></div>`
}

export function connect(view, { state, set }) {
  const form = view.closest(".btb-widget").querySelector("form")
  const { steps } = form.elements
  const drawn = () => view.firstElementChild.dataset

  // The number of steps and the names in use depend on the expression.
  function follow() {
    steps.max = drawn().total
    steps.value = state.steps
    const used = drawn().used.split(",")
    for (const pair of form.querySelectorAll(".btb-formats__pair"))
      for (const control of pair.querySelectorAll("input")) control.disabled = !used.includes(control.name)
  }

  form.addEventListener("click", ({ target }) => {
    const by = Number(target.dataset.by)
    const last = Number(drawn().total)
    if (by) set({ steps: Math.max(0, Math.min(last, Math.min(state.steps, last) + by)) })
  })
  new MutationObserver(follow).observe(view, { childList: true }) // each drawing, and a reset
  follow()
}

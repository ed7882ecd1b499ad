// The page of all exercises: marks those that this browser has kept as solved, counts them, and forgets them all.

import { keys, read, remove, write } from "./kept.js"

let prefix = ""
let forgotten = [] // what the button has removed; pressed again it takes itself back

export function show(given) {
  prefix = given
  forgotten = []
  draw()
}

function draw() {
  const place = document.querySelector("[data-progress]")
  if (!place) return
  let solved = 0
  let all = 0
  for (const table of document.querySelectorAll("article table")) {
    const links = [...table.querySelectorAll("a[href*='#']")]
    const here = links.filter(mark).length
    table.querySelector("th:last-child").textContent = `${links.length} exercises${here ? `, ${here} solved` : ""}`
    solved += here
    all += links.length
  }
  line(place, `${solved} of ${all} exercises solved.`)
}

// An exercise's name is its anchor.
function mark(link) {
  const kept = read(prefix + link.hash.slice(1))
  link.parentElement.querySelector(".btb-label")?.remove()
  if (kept) link.after(made("span", "btb-label", kept.passed ? "✓ solved" : "begun"))
  return kept?.passed
}

function line(place, count) {
  let shown = place.nextElementSibling
  if (!shown.matches(".btb-kept")) {
    if (!keys(prefix).length) return
    shown = made("p", "btb-kept")
    const button = made("button", "btb-btn")
    button.type = "button"
    button.addEventListener("click", press)
    shown.append(made("span"), button)
    shown.firstChild.role = "status"
    place.after(shown)
  }
  shown.firstChild.textContent = forgotten.length ? "Forgotten." : count
  shown.lastChild.textContent = forgotten.length ? "Undo" : "Forget all my answers"
}

// As in output.js, which other pages would have to fetch apart if it were shared with this one.
function made(tag, className = "", textContent = "") {
  return Object.assign(document.createElement(tag), { className, textContent })
}

function press() {
  if (forgotten.length) {
    for (const [key, value] of forgotten) if (value) write(key, value)
    forgotten = []
  } else {
    forgotten = keys(prefix).map((key) => [key, read(key)])
    for (const [key] of forgotten) remove(key)
  }
  draw()
}

// Another tab may solve or forget something, and a browser may show the page again as it was left.
addEventListener("storage", draw)
addEventListener("pageshow", draw)

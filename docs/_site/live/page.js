// The entry on every page: wakes the bars and the drawings. What a reader does not use is not loaded.

const CARD = ".btb-code:has(> .btb-bar):not([data-still])"
const BAR = `${CARD} > .btb-bar`
const KEPT = "bits-to-backprop.exercise.1." // then an exercise's name: where this browser keeps a reader's answer

const loaded = new Set() // modules that want to hear of a page change

async function examples() {
  const module = await import("./cards.js")
  loaded.add(module)
  return module
}

async function exercises() {
  const module = await import("./exercises.js")
  module.keepUnder(KEPT)
  loaded.add(module)
  return module
}

const moduleOf = (card) => (card.matches("[data-exercise]") ? exercises() : examples())

document$.subscribe(async () => {
  for (const bar of document.querySelectorAll(BAR)) wake(bar)
  for (const module of loaded) module.enter()
  if (document.querySelector("[data-widget]")) import("./kit.js").then(({ enliven }) => enliven())
  if (document.querySelector("[data-progress]")) import("./progress.js").then(({ show }) => show(KEPT))
  const kept = [...document.querySelectorAll("[data-exercise]")].some(isKept)
  if (kept) (await exercises()).enter()
})

function wake(bar) {
  bar.role = "group"
  bar.ariaLabel = bar.parentElement.matches("[data-exercise]") ? "Check this exercise" : "Run this example"
  const [first, edit] = bar.children
  first.disabled = edit.disabled = false
}

function isKept({ dataset }) {
  try {
    return localStorage.getItem(KEPT + dataset.exercise) !== null
  } catch {
    return false // a browser may refuse to keep anything
  }
}

async function press(card, action) {
  try {
    const module = await moduleOf(card)
    module.cardOf(card)[action]()
  } catch (error) {
    console.error(error)
    card.dataset.state = "error"
    card.querySelector(".btb-bar__status > span").textContent = "A script of this page did not arrive: reload it to try again"
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.(`${BAR} > button`)
  if (!button) return
  const place = [...button.parentElement.children].indexOf(button)
  press(button.closest(CARD), ["first", "edit", "reset"][place])
})

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(CARD)
  if (!card || !event.target.matches("pre") || event.key !== "Enter" || !event.shiftKey) return
  event.preventDefault()
  press(card, "first")
})

// Who points at a bar is likely to press it.
for (const hint of ["pointerover", "focusin"])
  document.addEventListener(hint, ({ target }) => {
    const bar = target.closest?.(BAR)
    if (bar) moduleOf(bar.parentElement).catch(() => {})
  })

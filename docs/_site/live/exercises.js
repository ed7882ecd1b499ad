// The exercises of a page: the reader's code, the checks' answer to it, and both kept in this browser alone.

import { Card, leave } from "./card.js"
import { read, remove, write } from "./kept.js"
import { element, lasting, place, printed, region } from "./output.js"
import { examples } from "./python.js"

let cards = []
let prefix = ""
let warned = false

class Exercise extends Card {
  #undone = null
  #saving = null

  constructor(box) {
    super(box, `exercise ${box.dataset.exercise}`)
    this.key = prefix + box.dataset.exercise
  }

  restore() {
    const kept = read(this.key)
    if (!kept) return super.restore()
    if (kept.passed) this.box.dataset.passed = ""
    this.recall(kept.code, kept.passed ? "Passed before; your code from then" : "Your code from before")
    this.offerToClear()
    return this
  }

  async start() {
    await this.occupy(async () => {
      this.mark(null)
      const request = { exercise: this.box.dataset.exercise, source: this.text }
      this.finish(await examples.check(request, (parts) => this.show(region(parts))))
    })
  }

  finish({ outcome, passed, diagnosis, error, parts, cut, milliseconds }) {
    const time = lasting(milliseconds)
    this.mark(error?.line)
    if (outcome === "stopped") {
      this.show(parts.length ? region(parts, { cut }) : null)
      return this.become("idle", `Stopped after ${time}`)
    }
    const all = outcome === "done"
    this.show(verdict({ passed, diagnosis, error, parts, cut }))
    if (all) this.box.dataset.passed = ""
    else delete this.box.dataset.passed
    const told = error ? place(error) : `Not yet, ${passed.length} right so far`
    this.become(all ? "done" : "error", all ? `Passed, ${time}` : told)
    this.save()
  }

  changed(text) {
    this.#undone = null
    this.buttons.reset.textContent = "Reset"
    delete this.box.dataset.passed
    super.changed(text)
    clearTimeout(this.#saving)
    this.#saving = setTimeout(() => this.save(), 300)
  }

  resettable() {
    return this.#undone !== null || super.resettable()
  }

  // Reset asks nothing; pressed again it takes itself back.
  reset() {
    const before = this.#undone === null && this.edited ? this.text : null
    const back = this.#undone
    super.reset()
    if (back !== null) this.put(back)
    this.refresh()
    this.#undone = before
    this.buttons.reset.textContent = before === null ? "Reset" : "Undo"
    this.become("idle", back === null ? "As on the page" : "Your code again")
    this.save()
  }

  save() {
    clearTimeout(this.#saving)
    const passed = "passed" in this.box.dataset
    const done = this.edited || passed ? write(this.key, { code: this.text, passed }) : remove(this.key)
    if (!done && !warned) {
      warned = true
      this.say(`${this.status.textContent}. This browser keeps nothing, so your code is gone when you close the page`)
    }
    if (done && (this.edited || passed)) this.offerToClear()
  }

  offerToClear() {
    if (this.box.querySelector(":scope > .btb-kept")) return
    const line = element("p", "btb-kept", "Your code is kept in this browser alone. ")
    const button = element("button", "btb-btn", "Clear my answers on this page")
    button.type = "button"
    button.addEventListener("click", clear)
    line.append(button)
    this.box.append(line)
  }

  cleared() {
    clearTimeout(this.#saving)
    this.#undone = null
    delete this.box.dataset.passed
    this.box.querySelector(":scope > .btb-kept")?.remove()
    super.reset()
    this.refresh()
    this.buttons.reset.textContent = "Reset"
    this.become("idle", "Cleared: as on the page")
    remove(this.key)
  }
}

// What holds, then the first that does not, and the traceback where the reader's code raised.
function verdict({ passed, diagnosis, error, parts, cut }) {
  const made = region(parts, { cut })
  if (!parts.length) made.replaceChildren()
  const answer = element("div", "btb-verdict")
  const list = element("ul", "btb-checks")
  for (const sentence of passed) list.append(withCode(element("li"), sentence))
  if (passed.length) answer.append(list)
  if (diagnosis) answer.append(withCode(element("p", "btb-verdict__diagnosis"), diagnosis))
  if (error) answer.append(printed(error.text))
  made.prepend(answer)
  return made
}

// `code` between backticks
function withCode(parent, sentence) {
  sentence.split("`").forEach((text, index) => parent.append(index % 2 ? element("code", "", text) : text))
  return parent
}

function clear() {
  const { first } = cards[0].buttons
  for (const card of cards) card.cleared()
  first.focus()
}

export function cardOf(box) {
  if (!cards.some((card) => card.box === box)) find()
  return cards.find((card) => card.box === box)
}

export function keepUnder(given) {
  prefix = given
}

// Another page was opened in this one's place.
export function enter() {
  if (cards.some(({ box }) => box.isConnected)) return
  leave()
  find()
}

function find() {
  cards = [...document.querySelectorAll("[data-exercise]:has(> .btb-bar)")].map((box) => new Exercise(box).restore())
}

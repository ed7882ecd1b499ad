// The examples of a page: one script from top to bottom, which runs as far down as the reader presses Run.

import { Card, leave } from "./card.js"
import { element, lasting, place, region } from "./output.js"
import { examples } from "./python.js"

const CARDS = ".btb-code:has(> .btb-bar):not([data-still], [data-exercise])"
let cards = []
let page = location.pathname

class Example extends Card {
  touched = false // whether it has run since the page was opened

  async start() {
    await this.occupy(async () => {
      const above = cards.slice(0, cards.indexOf(this)).filter((card) => !card.ran)
      for (const [index, card] of above.entries()) {
        this.doing(`Running ${index + 1} of ${above.length} above`)
        const result = await card.run()
        if (result.outcome !== "done") return this.blocked(card, result)
      }
      this.doing("Running")
      await this.run(above.length)
    })
  }

  async run(above = 0) {
    const source = this.text
    this.mark(null)
    const request = { page: this.page, name: this.name, source, expected: this.printed.output }
    const result = await examples.run(request, (parts) => this.show(region(parts)))
    this.touched = true
    this.ran = result.outcome === "done" && source === this.text
    this.finish(result, above)
    return result
  }

  finish({ outcome, same, milliseconds, parts, cut, error }, above) {
    const time = lasting(milliseconds) + (above ? `, after ${above} ${above === 1 ? "example" : "examples"} above` : "")
    if (error) parts = [...parts, { kind: "error", text: error.text }]
    this.mark(error?.line)
    const asPrinted = same && parts.every(({ kind }) => kind === "text")
    const own = same === false ? this.printed.output : null
    this.show(asPrinted || (same === null && !parts.length) ? null : region(parts, { cut, own }))
    if (outcome === "error") this.become("error", place(error))
    else if (outcome === "stopped") this.become("idle", `Stopped after ${lasting(milliseconds)}; variables are kept`)
    else this.become("done", `${this.verdict(same)}, ${time}`)
  }

  verdict(same) {
    if (same === null) return "Ran"
    if (same) return "Same output as printed"
    return this.edited ? "Changed by your edit" : "Differs from the page"
  }

  // An example above did not come to its end.
  blocked(card, { outcome, error }) {
    if (outcome === "stopped") return this.become("idle", "Stopped at an example above")
    card.box.id ||= card.name.replace(" ", "-")
    for (let fold = card.box.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true
    const link = element("a", "", "An example above failed")
    link.href = `#${card.box.id}`
    link.addEventListener("click", (event) => {
      event.preventDefault()
      event.stopPropagation() // the theme would fetch the page anew, and its cards would forget
      card.box.scrollIntoView({ block: "center" })
      card.buttons.first.focus({ preventScroll: true })
    })
    this.become("error", "")
    this.say(link, `: ${place(error)}`)
  }

  reset() {
    super.reset()
    const variables = this.touched ? "; variables keep their values until it runs" : `, ${this.fresh}`
    this.become("idle", `As on the page${variables}`)
  }

  // Python has lost all variables. The card that was at work says why.
  forget(status) {
    this.ran = this.touched = false
    if (this.box.dataset.state === "done") {
      this.box.dataset.state = "idle"
      this.say(status)
    }
  }
}

export function cardOf(box) {
  if (!cards.some((card) => card.box === box)) find()
  return cards.find((card) => card.box === box)
}

// Another page was opened in this one's place. Its variables begin anew.
export function enter() {
  if (cards.some(({ box }) => box.isConnected)) return
  const left = page
  const forget = cards.some(({ touched }) => touched)
  leave().then(() => forget && examples.forget(left)).catch(() => {})
  find()
}

function find() {
  page = location.pathname
  cards = [...document.querySelectorAll(CARDS)].map((box, index) => new Example(box, `example ${index + 1}`).restore())
  greet()
}

// Once Python is there, no first run loads it.
function greet() {
  if (examples.state !== "ready" && examples.state !== "running") return
  for (const { box, edited, status } of cards)
    if (box.dataset.state === "idle" && !edited && !status.role) status.textContent = "Python is ready"
}

examples.addEventListener("state", greet)
examples.addEventListener("restart", () => cards.forEach((card) => card.forget("Not run since Python started anew")))

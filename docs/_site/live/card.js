// What examples and exercises share: a card's code with its editor, its bar with a state, the region of its output.

import { element, lasting, region, release } from "./output.js"
import { examples } from "./python.js"

const edits = new Map() // page -> card's name -> the reader's text: kept while the tab is open
let busy = null // the card that Python works for
let settled = Promise.resolve() // when it no longer does

export class Card {
  ran = false // whether the session holds what this text defines
  #doing = "Running"
  #editor = null
  #live = null
  #clock = null

  constructor(box, name) {
    const [first, edit, reset] = box.querySelectorAll(":scope > .btb-bar > button")
    Object.assign(this, { box, name, page: location.pathname, buttons: { first, edit, reset } })
    this.verb = first.textContent
    this.code = box.querySelector(":scope > .highlight code")
    this.status = box.querySelector(":scope > .btb-bar .btb-bar__status > span")
    this.own = box.querySelector(":scope > .btb-out")
    this.printed = { html: this.code.innerHTML, text: this.code.textContent, output: this.own?.querySelector("code").textContent ?? null }
    this.text = this.printed.text
    this.fresh = first.textContent === "Run" ? "not run yet" : "not checked yet"
  }

  // Show again what the reader wrote here before.
  restore() {
    const kept = edits.get(this.page)?.get(this.name)
    if (kept !== undefined) this.recall(kept, `Your edit, ${this.fresh}`)
    return this
  }

  get edited() {
    return this.text.trimEnd() !== this.printed.text.trimEnd()
  }

  // The bar

  become(state, status) {
    clearInterval(this.#clock)
    this.box.closest(".md-typeset > *")?.classList.add("near") // site.js lays out later what is far away
    this.status.role = "status" // from now on, ends are told to screen readers
    this.box.dataset.state = state
    this.say(status)
    this.arrange()
  }

  say(...parts) {
    if (parts.length > 1 || parts[0] !== this.status.textContent) this.status.replaceChildren(...parts)
  }

  // Buttons keep their places; the focus does not stay on one that is switched off.
  arrange() {
    const { first, edit, reset } = this.buttons
    const works = busy === this
    first.textContent = works ? "Stop" : this.verb
    if (works && [edit, reset].includes(document.activeElement)) first.focus()
    edit.disabled = works
    const off = works || !this.resettable()
    if (off && document.activeElement === reset) first.focus()
    reset.disabled = off
  }

  resettable() {
    return this.edited || this.#live !== null
  }

  // What Python does for this card, with a clock. The clock is for the eye alone; a screen reader hears the end.
  doing(what) {
    this.#doing = what
    if (this.box.dataset.state === "running") this.tick()
  }

  tick() {
    const start = performance.now()
    const time = element("span")
    time.ariaHidden = "true"
    const show = () => (time.textContent = `${this.#doing}, ${lasting(Math.max(100, performance.now() - start))}`)
    clearInterval(this.#clock)
    this.#clock = setInterval(show, 100)
    show()
    this.say(time)
  }

  // Python

  // Run `work` for this card alone; Python serves one card at a time, and a page that was left has to let go first.
  async occupy(work) {
    if (busy) return this.become(this.box.dataset.state, "Python is busy with another card: wait for it, or stop it")
    busy = this
    this.#doing = "Running"
    this.become("starting", "Starting Python")
    const followed = () => this.follow()
    examples.addEventListener("state", followed)
    const before = settled
    settled = before.then(work).catch((error) => this.fail(error)).finally(() => {
      examples.removeEventListener("state", followed)
      if (busy === this) busy = null
      this.arrange()
    })
    this.follow()
    await settled
  }

  follow() {
    if (examples.state !== "running") return
    if (!this.box.isConnected) setTimeout(() => examples.state === "running" && examples.stop()) // its page was left
    else if (this.box.dataset.state === "starting") {
      this.box.dataset.state = "running"
      this.tick()
    }
  }

  first() {
    if (busy !== this) return this.start()
    this.say("Stopping")
    examples.stop()
  }

  stop() {
    if (busy === this) this.first()
  }

  // One sentence from python.js: Python did not arrive, or was ended
  fail(error) {
    this.ran = false
    this.show(region([{ kind: "error", text: error.message }]))
    this.become("error", error.message)
  }

  // The output

  show(made) {
    if (this.#live) release(this.#live)
    this.#live = made
    if (made) (this.own ?? this.box.querySelector(":scope > .btb-bar")).after(made)
    if (this.own) this.own.hidden = made !== null
  }

  // The lines of code

  mark(line) {
    const box = this.code.closest(".highlight")
    box.classList.toggle("btb-at", Boolean(line))
    box.style.setProperty("--line", line ?? 0)
  }

  recall(text, status) {
    this.put(text)
    this.say(status)
    this.arrange()
  }

  put(text) {
    this.text = text
    if (this.edited) this.code.textContent = text
    else this.code.innerHTML = this.printed.html
    this.keep()
  }

  // What the Copy button takes, and what a return to this page shows.
  keep() {
    const box = this.code.closest(".highlight")
    const page = edits.get(this.page) ?? edits.set(this.page, new Map()).get(this.page)
    if (this.edited) box.dataset.copy = this.text
    else delete box.dataset.copy
    if (this.edited) page.set(this.name, this.text)
    else page.delete(this.name)
  }

  changed(text) {
    this.text = text
    this.ran = false
    this.mark(null)
    this.keep()
    if (busy !== this) this.become("idle", `${this.edited ? "Your edit" : "As on the page"}, ${this.fresh}`)
  }

  // After the text was set from outside, the editor shows it too.
  refresh() {
    this.#editor?.set(this.text.trimEnd())
  }

  reset() {
    this.put(this.printed.text)
    this.refresh()
    this.mark(null)
    this.show(null)
    this.ran = false
  }

  async edit() {
    if (this.#editor) return this.#editor.focus()
    const box = this.code.closest(".highlight")
    const options = {
      text: this.text.trimEnd(),
      label: `Code of ${this.name}. Shift and Enter ${this.verb.toLowerCase()}s it, Tab indents, Escape leaves the editor.`,
      run: () => busy !== this && this.start(),
      leave: () => this.buttons.edit.focus(),
      changed: (text) => this.changed(`${text}\n`),
    }
    try {
      const { open } = await import("./editor.js")
      this.#editor = open(box, options)
    } catch (error) {
      console.error(error)
      this.#editor = plain(box, options)
      this.say("The editor did not arrive: this is a plain field for text")
    }
    box.classList.add("btb-editing")
    box.querySelector("pre").removeAttribute("tabindex") // the editor takes its place
    this.#editor.focus()
  }
}

// An editor for when the real one cannot be loaded.
function plain(box, { text, label, run, leave, changed }) {
  const field = element("textarea", "btb-field-of-text")
  field.value = text
  field.ariaLabel = label
  field.spellcheck = false
  field.rows = text.split("\n").length + 1
  field.addEventListener("input", () => changed(field.value))
  field.addEventListener("keydown", (event) => {
    const action = event.key === "Escape" ? leave : event.key === "Enter" && event.shiftKey ? run : null
    if (!action) return
    event.preventDefault()
    action()
  })
  box.append(field)
  return { focus: () => field.focus(), set: (value) => (field.value = value) }
}

// Another page: the card of the old one gives way. Its run ends in its own time, the next one waits for that.
export function leave() {
  const card = busy
  busy = null
  card?.follow()
  return settled
}

document.addEventListener("keydown", (event) => {
  const selected = !getSelection().isCollapsed || event.target.selectionStart !== event.target.selectionEnd
  if (!busy || selected || !event.ctrlKey || event.key !== "c") return
  event.preventDefault()
  busy.stop()
})

// Widgets: a drawing whose numbers Python computes. Each has two modules of one name: docs/_site/widgets/<name>.py with
// DEFAULTS and compute(state), and live/widgets/<name>.js with
//
//   controls(state, data) -> html  native controls; name="<key>" ties one to the state. Several controls of one name keep in
//                               step; for a list, each holds one entry. <button data-set='{"key": value}'> changes the
//                               state, its aria-pressed tells whether the state is so. data-show="key" shows a value.
//   draw(data, state) -> html   SVG and readouts from what compute returned
//   show(state) -> {key: text}  optional: how data-show writes a value, and a range says it aloud; else as it is
//   connect(view, {state, set}) optional: handlers on the region, whose inside is replaced by each drawing; `state` is
//                               always the current one, set({key: value}) changes it
//
// The build has put the first state into the page: nothing is loaded before a reader touches a control, or follows a
// link that carries a state.

import { widgets } from "./python.js"

const QUIET = 400 // milliseconds without a change, after which the drawing's words are told to a screen reader
const PAUSE = 500 // milliseconds between two writes to the address: browsers refuse more than a few in a second

export function enliven(root = document) {
  for (const section of root.querySelectorAll("[data-widget]:not([data-live])")) {
    section.dataset.live = ""
    near.observe(section)
  }
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      near.unobserve(target)
      start(target)
    }
  },
  { rootMargin: "400px" },
)

async function start(section) {
  try {
    new Widget(section, await import(`./widgets/${section.dataset.widget}.js`))
  } catch (error) {
    console.error(error)
    section.querySelector(".btb-bar__status").textContent = "The script of this drawing did not arrive: reload the page to try again."
  }
}

// A value of the same kind as `like` from a control or an address; undefined if the text holds none.
function parsed(text, like) {
  if (Array.isArray(like)) {
    const entries = text.split(",").map((entry) => parsed(entry, like[0]))
    return entries.includes(undefined) ? undefined : entries
  }
  if (typeof like === "boolean") return { true: true, false: false }[text]
  if (typeof like === "number") return text.trim() && Number.isFinite(Number(text)) ? Number(text) : undefined
  return text
}

class Widget {
  #module
  #quiet
  #frame
  #asked = 0
  #drawn = 0

  constructor(section, module) {
    const part = (name) => section.querySelector(name)
    this.section = section
    this.name = section.dataset.widget
    this.path = location.pathname
    this.#module = module
    this.first = JSON.parse(section.dataset.state)
    this.state = { ...this.first } // changed in place: the drawing's handlers hold it
    this.form = part(".btb-widget__controls")
    this.view = part(".btb-widget__view")
    this.text = part(".btb-widget__text")
    this.note = part(".btb-bar__status")
    this.still = { view: this.view.innerHTML, text: this.text.textContent }
    this.#listen()
    for (const locked of section.querySelectorAll("fieldset, .btb-bar button")) locked.disabled = false
    module.connect?.(this.view, { state: this.state, set: (change) => this.set(change) })
    this.#recall()
  }

  #listen() {
    this.form.addEventListener("input", ({ target }) => this.#read(target))
    this.form.addEventListener("submit", (event) => event.preventDefault())
    this.section.addEventListener("click", ({ target }) => {
      const button = target.closest("button")
      if (button?.dataset.set) this.set(JSON.parse(button.dataset.set))
      if (button?.dataset.do === "reset") this.reset()
      if (button?.dataset.do === "link") this.#copy()
    })
  }

  set(change, from) {
    Object.assign(this.state, change)
    this.#write(from)
    remember(this)
    return this.#ask()
  }

  // The first state was drawn by the build, so it needs no Python.
  reset() {
    Object.assign(this.state, this.first)
    this.#drawn = ++this.#asked // answers on their way are late
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#quiet)
    this.view.innerHTML = this.still.view
    this.text.textContent = this.still.text
    this.#write()
    this.#settle("")
    remember(this)
  }

  async #ask() {
    const mine = ++this.#asked
    const state = { ...this.state }
    this.view.ariaBusy = true
    if (!["ready", "running"].includes(widgets.state)) this.#say("Loading Python and NumPy, once")
    try {
      const data = await widgets.ask(this.name, state)
      if (data !== undefined) this.#draw(data, state, mine)
      else if (mine === this.#asked) return this.#ask() // another widget of the page was faster
      return true
    } catch (error) {
      if (mine === this.#asked) this.#settle(error.message)
      return false
    }
  }

  // While a control is dragged, answers to what is already past are drawn too: the picture follows, once a frame.
  #draw(data, state, mine) {
    if (mine < this.#drawn || !this.section.isConnected) return
    this.#drawn = mine
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.#paint(data, state, mine))
    this.#say("")
  }

  #paint(data, state, mine) {
    const focused = this.view.contains(document.activeElement) && document.activeElement.id
    this.view.innerHTML = this.#module.draw(data, state)
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => (this.text.textContent = data.text), QUIET)
    if (mine === this.#asked) this.view.ariaBusy = null
  }

  #settle(sentence) {
    this.view.ariaBusy = null
    this.#say(sentence)
  }

  #say(sentence) {
    if (this.note.textContent !== sentence) this.note.textContent = sentence
  }

  #read(control) {
    const key = control.name
    if (!Object.hasOwn(this.first, key)) return
    const text = control.type === "checkbox" && !Array.isArray(this.first[key]) ? String(control.checked) : control.value
    const all = Array.isArray(this.first[key]) ? new FormData(this.form).getAll(key).join(",") : text
    const value = parsed(all, this.first[key])
    if (value !== undefined) this.set({ [key]: value }, control) // a number field is empty now and then
  }

  #write(from) {
    const told = this.#module.show?.(this.state) ?? {}
    const seen = {}
    for (const control of this.form.elements) {
      const key = control.name
      if (!Object.hasOwn(this.first, key)) continue
      const index = (seen[key] = (seen[key] ?? -1) + 1)
      if (control.type === "range" && key in told) control.setAttribute("aria-valuetext", told[key])
      if (control !== from) fill(control, this.state[key], index)
    }
    for (const place of this.section.querySelectorAll("[data-show]"))
      place.textContent = told[place.dataset.show] ?? this.state[place.dataset.show]
    for (const button of this.section.querySelectorAll("[data-set][aria-pressed]")) {
      const pairs = Object.entries(JSON.parse(button.dataset.set))
      button.ariaPressed = pairs.every(([key, value]) => String(this.state[key]) === String(value))
    }
  }

  // A state in the address replaces the first one, if Python accepts it.
  async #recall() {
    const change = {}
    for (const [parameter, text] of new URLSearchParams(location.search)) {
      const key = parameter.slice(this.name.length + 1)
      if (parameter !== `${this.name}.${key}`) continue
      change[key] = Object.hasOwn(this.first, key) ? parsed(text, this.first[key]) : undefined
      if (change[key] === undefined) return this.#say(`The address asks for ${parameter}=${text}, which this drawing does not have: it shows its first state.`)
    }
    if (!Object.keys(change).length || (await this.set(change))) return
    const reason = this.note.textContent
    this.reset()
    this.#say(reason)
  }

  // Write what differs from the first state into an address.
  enter(parameters) {
    for (const [key, first] of Object.entries(this.first)) {
      const value = String(this.state[key])
      if (value === String(first)) parameters.delete(`${this.name}.${key}`)
      else parameters.set(`${this.name}.${key}`, value)
    }
  }

  async #copy() {
    const address = new URL(location.href)
    this.enter(address.searchParams)
    address.hash = `widget-${this.name}`
    try {
      await navigator.clipboard.writeText(readable(address))
      this.#say("Link copied")
    } catch {
      this.#say("This browser lets no page copy: the address bar holds the link")
    }
  }
}

function fill(control, value, index) {
  const entry = Array.isArray(value) && control.type !== "checkbox" ? value[index] : value
  if (control.type === "radio") control.checked = control.value === String(entry)
  else if (control.type === "checkbox") control.checked = Array.isArray(value) ? value.map(String).includes(control.value) : value
  else control.value = entry
}

const readable = (address) => address.href.replaceAll("%2C", ",")

const changed = new Set()
let writing = null

function remember(widget) {
  changed.add(widget)
  writing ??= setTimeout(writeAddress, PAUSE)
}

function writeAddress() {
  writing = null
  const address = new URL(location.href)
  for (const widget of changed) if (widget.section.isConnected && widget.path === location.pathname) widget.enter(address.searchParams)
  changed.clear()
  if (readable(address) !== location.href) history.replaceState(history.state, "", readable(address))
}

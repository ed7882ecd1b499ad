// One Python in a worker: started by the first request, stopped and restarted when it must be. Two of them exist, so that
// an example that runs long does not hold up the widgets. Both live as long as the tab, across instant navigation.

const PATIENCE = 20_000 // milliseconds without anything of the runtime arriving, after which the start is given up
const GRACE = 500 // milliseconds that a stopped run has to end before its Python is killed

export class Python extends EventTarget {
  state = "off" // off, starting, ready, running
  #worker = null
  #calls = new Map()
  #count = 0
  #ready = null
  #asking = null
  #waiting = null

  run({ page, name, source, expected = null }, onOutput) {
    return this.#call({ kind: "run", page, name, source, expected }, { onOutput, stoppable: true })
  }

  check({ exercise, source }, onOutput) {
    return this.#call({ kind: "check", exercise, source }, { onOutput, stoppable: true })
  }

  forget(page) {
    return this.#worker ? this.#call({ kind: "forget", page }) : Promise.resolve()
  }

  // The latest request wins: one is on its way, one may wait, and one that is overtaken resolves to undefined.
  ask(widget, state) {
    this.#waiting?.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#waiting = { request: { kind: "ask", widget, state }, resolve, reject }
      this.#askNext()
    })
  }

  async #askNext() {
    if (this.#asking || !this.#waiting) return
    this.#asking = this.#waiting
    this.#waiting = null
    const { request, resolve, reject } = this.#asking
    try {
      const { data, refused } = await this.#call(request)
      if (refused) reject(new Error(refused))
      else resolve(data)
    } catch (error) {
      reject(error)
    }
    this.#asking = null
    this.#askNext()
  }

  stop() {
    for (const call of this.#calls.values()) {
      if (!call.stop) continue
      URL.revokeObjectURL(call.stop)
      call.grace ??= setTimeout(() => this.#kill(), GRACE)
    }
    if (this.state === "starting") this.#lose("Python was stopped while it was loading: press Run to load it again.")
  }

  async #call(request, { onOutput, stoppable } = {}) {
    await this.#start()
    const id = ++this.#count
    const stop = stoppable ? URL.createObjectURL(new Blob(["run"], { type: "text/plain" })) : undefined // typed, since Firefox reads what has no type as XML
    if (stoppable) this.#become("running")
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, onOutput, stop, grace: null })
      this.#worker.postMessage({ id, request: JSON.stringify(request), stop })
    })
  }

  #start() {
    this.#ready ??= new Promise((resolve, reject) => {
      this.#become("starting")
      this.#worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
      this.#worker.addEventListener("message", ({ data }) => this.#hear(data))
      this.#worker.addEventListener("error", (event) => this.#died(event))
      this.#opening = { resolve, reject }
      this.#wait()
    })
    return this.#ready
  }

  #opening = null
  #watchdog = null

  // A start goes on as long as something arrives.
  #wait() {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(
      () => this.#lose(`Python did not arrive: nothing came for ${PATIENCE / 1000} s. Check the connection and try again.`),
      PATIENCE,
    )
  }

  #hear({ id, progress, ready, failed, parts, result }) {
    if (progress) this.#opening && this.#wait()
    else if (ready) this.#opened()
    else if (failed !== undefined) this.#failed(failed)
    else if (parts) this.#calls.get(id)?.onOutput?.(JSON.parse(parts))
    else this.#finish(id, JSON.parse(result))
  }

  #opened() {
    clearTimeout(this.#watchdog)
    this.#opening.resolve()
    this.#opening = null
    this.#become("ready")
  }

  #finish(id, result) {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    this.#release(call)
    if (![...this.#calls.values()].some(({ stop }) => stop)) this.#become("ready")
    call.resolve(result)
  }

  #release(call) {
    clearTimeout(call.grace)
    if (call.stop) URL.revokeObjectURL(call.stop)
  }

  #died(event) {
    event.preventDefault()
    if (/NoGil/.test(event.message ?? "")) return // a proxy's late finalizer; the interpreter is well
    if (this.#opening) this.#lose("Python could not be loaded: its first file did not arrive. Check the connection and try again.")
    else this.#failed(event.message ?? "")
  }

  #failed(reason) {
    if (this.#opening) this.#lose(`Python could not be loaded (${reason}). Check the connection and try again.`)
    else if (/memory|allocat|out of bounds/i.test(reason)) this.#lose("Python ran out of memory and starts anew; its variables are gone.", true)
    else if (/call stack|recursion/i.test(reason)) this.#lose("The code calls itself too deeply: Python broke down and starts anew; its variables are gone.", true)
    else this.#lose(`Python broke down (${reason.split("\n")[0]}) and starts anew; its variables are gone.`, true)
  }

  #kill() {
    this.#lose("This code could not be stopped, so Python starts anew; its variables are gone.", true)
  }

  // Give up this worker, with one sentence for all who wait for it.
  #lose(sentence, again = false) {
    clearTimeout(this.#watchdog)
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of calls) this.#release(call) // revoked addresses also end a loop that a browser does not kill at once
    this.#worker?.terminate()
    const opening = this.#opening
    this.#worker = this.#ready = this.#opening = null
    this.#become("off")
    this.dispatchEvent(new Event("restart"))
    opening?.reject(new Error(sentence))
    for (const call of calls) call.reject(new Error(sentence))
    if (again) this.#start().catch(() => {})
  }

  #become(state) {
    if (state === this.state) return
    this.state = state
    this.dispatchEvent(new Event("state"))
  }
}

export const examples = new Python()
export const widgets = new Python()

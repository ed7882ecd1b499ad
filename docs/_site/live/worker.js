// Python in a module worker: loads the runtime on its start, then answers one request after the other.
//
// page -> worker  {id, request, stop}   request: JSON for runner.py's `answer`; stop: an address that is revoked to stop
// worker -> page  {progress}            something of the runtime has arrived
//                 {ready: true}
//                 {id, parts} {id, result}
//                 {failed}              the runtime cannot be loaded, or the interpreter has died

const FILES = new URL("../python/", import.meta.url)
const DIGITS = "../data/digits.csv.gz" // from FILES
const HOME = "/home/pyodide"
const DIGITS_FOLDER = `${HOME}/docs/_site/theme/assets/generated/data` // where `digits()` looks for them
const POLL = 100 // milliseconds between two looks at the stop address; a look costs about 0.1 ms

const ENOUGH = 2 ** 30 // bytes of memory that are worth a restart once Python has run out of it
const STOPPED = { outcome: "stopped", error: null, parts: [], passed: [], diagnosis: null, cut: false, same: null, milliseconds: 0 }

let python
let answer // runner.py's function; kept, since a collected proxy would be finalized while Python runs
let stopAddress = null
let nextPoll = 0

// CPython looks at element 0 of this "array" every few dozen steps of its loop, and raises KeyboardInterrupt when it is
// 2. Without shared memory, which would need special headers, a page can say no more to a busy worker than revoke an
// address. The signal comes again at each poll, so that code which swallows it does not run on.
const signal = {
  get 0() {
    const now = performance.now()
    if (stopAddress === null || now < nextPoll) return 0
    nextPoll = now + POLL
    return revoked(stopAddress) ? 2 : 0
  },
  set 0(_) {},
}

function revoked(address) {
  try {
    const look = new XMLHttpRequest()
    look.open("GET", address, false)
    look.send()
    return false
  } catch {
    return true
  }
}

async function start() {
  watchFetches()
  const archive = async (name, options) => (await fetch(new URL(name, FILES), options)).arrayBuffer()
  const numpy = archive("numpy.zip")
  const own = archive("package.zip", { cache: "no-cache" }) // changes with the pages
  await Promise.race([Promise.all([load(), numpy, own]), lost])
  python.unpackArchive(await numpy, "zip", { extractDir: python.runPython("import site; site.getsitepackages()[0]") })
  python.unpackArchive(await own, "zip", { extractDir: HOME })
  python.setInterruptBuffer(signal)
  answer = python.runPython(PREPARE)
}

const PREPARE = `
import builtins, time
import numpy
from docs._site.live import runner

def no_input(prompt=""):
    raise RuntimeError("there is no keyboard input on a page: write the value into the code")

builtins.input = no_input
time.sleep = runner.interruptible_sleep
runner.answer
`

async function load() {
  const { loadPyodide } = await import(new URL("pyodide.mjs", FILES))
  python = await loadPyodide({ indexURL: FILES.href })
}

// What few requests need comes with the first of them.
const LATER = {
  digits: {
    needed: ({ source, widget }) => widget === "journey" || /\btraining\b[^]*\bdigits\b/.test(source ?? ""),
    file: DIGITS,
    missing: "The file of handwritten digits did not arrive.",
    put(data) {
      python.FS.mkdirTree(DIGITS_FOLDER)
      python.FS.writeFile(`${DIGITS_FOLDER}/digits.csv.gz`, new Uint8Array(data))
    },
  },
  exercises: archiveFor("check", "exercises.zip", "The exercises did not arrive."),
  widgets: archiveFor("ask", "widgets.zip", "What this widget computes with did not arrive."),
}

function archiveFor(kind, file, missing) {
  const put = (data) => python.unpackArchive(data, "zip", { extractDir: HOME })
  return { needed: (request) => request.kind === kind, file, missing, put, options: { cache: "no-cache" } }
}

const arrived = {}

async function fetchFor(request) {
  for (const [name, part] of Object.entries(LATER)) {
    if (!part.needed(request)) continue
    try {
      await (arrived[name] ??= fetchPart(part))
    } catch {
      delete arrived[name] // the next request asks again
      throw new Error(`${part.missing} Check the connection and ${request.kind === "ask" ? "try" : "run this"} again.`)
    }
  }
}

async function fetchPart({ file, put, options }) {
  put(await (await fetch(new URL(file, FILES), options)).arrayBuffer())
}

function refusal({ kind }, text) {
  if (kind === "ask") return { refused: text }
  const error = { name: "ConnectionError", message: text, line: null, text }
  return { ...STOPPED, outcome: "error", error, diagnosis: text }
}

// Pyodide waits forever for a file of its own that fails, so failures are noticed here, and progress is told.
let lose
const lost = new Promise((_, reject) => (lose = reject))
lost.catch(() => {})

function watchFetches() {
  const { fetch } = self
  self.fetch = async (address, options) => {
    const name = String(address.url ?? address).split("/").pop()
    try {
      const response = await fetch(address, options)
      if (!response.ok) throw new Error(`status ${response.status}`)
      tellProgress(response.clone()).catch((error) => lose(`${name}: ${error.message}`))
      return response
    } catch (error) {
      lose(`${name}: ${error.message}`)
      throw error
    }
  }
}

async function tellProgress({ body }) {
  const reader = body.getReader()
  for (let last = 0; !(await reader.read()).done; ) {
    if (performance.now() - last > 1000) postMessage({ progress: (last = performance.now()) })
  }
  postMessage({ progress: true })
}

const ready = start().then(() => postMessage({ ready: true }), fail)

function fail(error) {
  postMessage({ failed: String(error?.message ?? error) })
}

addEventListener("message", async ({ data: { id, request, stop } }) => {
  await ready
  if (!answer) return
  const asked = JSON.parse(request)
  try {
    await fetchFor(asked)
  } catch ({ message }) {
    return postMessage({ id, result: JSON.stringify(refusal(asked, message)) })
  }
  stopAddress = stop ?? null
  try {
    const result = answer(request, (parts) => postMessage({ id, parts }))
    if (exhausted(result)) fail("memory")
    else postMessage({ id, result })
  } catch (error) {
    // A stop may come just before or after the reader's code; the interpreter is well then.
    if (error.type === "KeyboardInterrupt") postMessage({ id, result: JSON.stringify(STOPPED) })
    else fail(error)
  } finally {
    stopAddress = null
  }
})

// The browser does not get back what Python has once taken, not before the worker ends.
function exhausted(result) {
  return python._module.HEAPU8.length > ENOUGH && /"name": "_?(Array)?MemoryError"/.test(result)
}

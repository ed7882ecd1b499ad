// Python in a module worker: loads the runtime on its start, then answers one request after the other.
//
// page -> worker  {id, request, stop}   request: JSON for runner.py's `answer`; stop: an address that is revoked to stop
// worker -> page  {progress}            something of the runtime has arrived
//                 {ready: true}
//                 {id, parts} {id, result}
//                 {failed}              the runtime cannot be loaded, or the interpreter has died

const FILES = new URL("../python/", import.meta.url)
const DIGITS = "../data/digits.csv.gz" // from FILES
const DIGITS_FOLDER = "/home/pyodide/docs/_site/theme/assets/generated/data" // where `digits()` looks for them
const POLL = 100 // milliseconds between two looks at the stop address; a look costs about 0.1 ms

const ENOUGH = 2 ** 30 // bytes of memory that are worth a restart once Python has run out of it
const STOPPED = { outcome: "stopped", error: null, parts: [], passed: [], diagnosis: null, cut: false, same: null, milliseconds: 0 }
const NO_DIGITS = "The file of handwritten digits did not arrive. Check the connection and run this again."

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
  python.unpackArchive(await own, "zip", { extractDir: "/home/pyodide" })
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

// The handwritten digits come when code first names them.
let digits = null

function needsDigits(request) {
  return /\btraining\b[^]*\bdigits\b/.test(JSON.parse(request).source ?? "")
}

async function fetchDigits() {
  const data = await (await fetch(new URL(DIGITS, FILES))).arrayBuffer()
  python.FS.mkdirTree(DIGITS_FOLDER)
  python.FS.writeFile(`${DIGITS_FOLDER}/digits.csv.gz`, new Uint8Array(data))
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
  try {
    if (needsDigits(request)) await (digits ??= fetchDigits())
  } catch {
    digits = null // the next request asks again
    const error = { name: "ConnectionError", message: NO_DIGITS, line: null, text: NO_DIGITS }
    return postMessage({ id, result: JSON.stringify({ ...STOPPED, outcome: "error", error, diagnosis: NO_DIGITS }) })
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

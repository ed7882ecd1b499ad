// Run bytecode.py in Pyodide: node compile.mjs <pyodide.mjs> <the folder with the job>

import { readFile } from "node:fs/promises"
import { dirname } from "node:path"
import { pathToFileURL } from "node:url"

const [pyodide, work] = process.argv.slice(2)
const { loadPyodide } = await import(pathToFileURL(pyodide))
// Without a fixed seed the order in sets, and with it the byte code, would change from run to run.
const python = await loadPyodide({ indexURL: dirname(pyodide), env: { HOME: "/home/pyodide", PYTHONHASHSEED: "0" } })
python.mountNodeFS("/work", work)
try {
  python.runPython(await readFile(new URL("./bytecode.py", import.meta.url), "utf8"))
  python.runPython('main("/work")')
} catch (error) { // uncaught, Node would print a minified line of Pyodide, too long to find the reason in
  console.error(error.message)
  process.exitCode = 1
}

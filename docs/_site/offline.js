// On each page of the copy for reading offline, right after the theme's settings and before its scripts.
{
  const root = document.currentScript.src

  // Over a server everything is as on the site.
  const online = () => {
    const page = document.createElement("script")
    page.type = "module"
    page.src = new URL("assets/generated/live/page.js", root)
    document.body.append(page)
  }

  // Opened as a file, a page gets no workers. The search has one; here it runs in a frame.
  class Frame extends EventTarget {
    constructor(script) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      this.window = new Promise((ready) => {
        frame.onload = () => {
          const { contentWindow: inside, contentDocument: blank } = frame
          inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }))
          blank.body.append(Object.assign(blank.createElement("script"), { src: script, onload: () => ready(inside) }))
        }
      })
      document.body.append(frame)
    }
    postMessage(data) {
      this.window.then((inside) => inside.dispatchEvent(new MessageEvent("message", { data })))
    }
  }

  const opened = () => {
    const sentence = "Opened as a file, so Python cannot start: README.txt gives the command that it needs"
    for (const status of document.querySelectorAll(".btb-bar__status"))
      if (!status.closest("[data-still]")) (status.querySelector("span") ?? status).textContent = sentence
  }

  const file = location.protocol === "file:"
  if (file) window.Worker = Frame
  document.addEventListener("DOMContentLoaded", file ? opened : online)
}

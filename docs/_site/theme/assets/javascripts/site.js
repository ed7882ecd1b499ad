// As main.html does where a page is loaded as a whole: what a link leads to must not move any more.
location$.subscribe(({ hash }) => hash && document.documentElement.classList.remove("far"))
// The two palettes: the one that the reader has chosen, else the system's.
{
  const choices = [...document.querySelectorAll("#palette input")]
  const systems = () => choices.find((choice) => matchMedia(choice.dataset.mdColorMedia).matches) ?? choices[0]
  const show = (chosen) => {
    chosen.checked = true
    for (const choice of choices) choice.nextElementSibling.hidden = choice !== chosen
    document.body.dataset.mdColorScheme = chosen.dataset.mdColorScheme
  }
  const choose = (chosen) => {
    show(chosen)
    const { mdColorMedia: media, mdColorScheme: scheme, mdColorPrimary: primary, mdColorAccent: accent } = chosen.dataset
    __md_set("__palette", { index: choices.indexOf(chosen), color: { media, scheme, primary, accent } })
  }
  for (const choice of choices) {
    choice.addEventListener("change", () => choose(choice))
    choice.addEventListener("keydown", ({ key }) => {
      if (key !== "Enter") return
      const next = choices[(choices.indexOf(choice) + 1) % choices.length]
      choose(next)
      next.focus()
    })
    matchMedia(choice.dataset.mdColorMedia).addEventListener("change", () => __md_get("__palette") ?? show(systems()))
  }
  show(choices[__md_get("__palette")?.index] ?? systems())
}
// Material measures each block of code as the page loads and gives it a button, and each of them costs a layout of the
// page. So it finds none; the blocks get a name and a button below, in small portions.
{
  const all = Element.prototype.querySelectorAll
  Element.prototype.querySelectorAll = function (selector) {
    return all.call(this, selector === "pre:not(.mermaid) > code" ? ":not(*)" : selector)
  }
}
let blocksSeen = 0
const copier = (block) => {
  block.id ||= `block-${++blocksSeen}`
  const button = Object.assign(document.createElement("button"), { className: "md-code__button", title: "Copy to clipboard" })
  button.dataset.clipboardTarget = `#${block.id} > code`
  button.dataset.mdType = "copy"
  const place = Object.assign(document.createElement("div"), { className: "md-code__nav" })
  place.append(button)
  return place
}
// What Material leaves out of the keyboard's reach. Runs after every page change.
document$.subscribe(() => {
  // components.css leaves these blocks without a layout; they get it in small portions when there is nothing better to do.
  const idle = window.requestIdleCallback ?? setTimeout
  const blocks = ".md-typeset > :is(.btb-code, .btb-fig, .btb-prc, .btb-formula, .admonition)"
  const parts = ".md-typeset > .tabbed-set > .tabbed-content, .doc-children > .doc-object"
  const far = [...document.querySelectorAll(`${blocks}, ${parts}`)]
  const bare = [...document.querySelectorAll("pre > code")].filter((code) => !code.closest(".btb-out"))
  const approach = () => {
    for (const block of far.splice(0, 2)) block.classList.add("near")
    for (const code of bare.splice(0, 2)) code.before(copier(code.parentElement))
    idle(far.length + bare.length ? approach : reachable)
  }
  // Asking for sizes lays the whole page out, so this comes last.
  const reachable = () => {
    for (const box of document.querySelectorAll(".md-typeset pre:not([tabindex]), .md-typeset__scrollwrap:not([tabindex])"))
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0
  }
  idle(approach)
  // On paper, a link to elsewhere shows its address.
  for (const link of document.querySelectorAll(".md-content__inner a[href^=http]"))
    if (link.host !== location.host) link.dataset.address = ""
  // A printed page shows what the screen folds away.
  onbeforeprint = () => document.querySelectorAll(".md-typeset details:not([open])").forEach((fold) => {
    fold.open = true
    fold.dataset.printed = ""
  })
  onafterprint = () => document.querySelectorAll("details[data-printed]").forEach((fold) => {
    fold.open = false
    delete fold.dataset.printed
  })
})

// As main.html does where a page is loaded as a whole: what a link leads to must not move any more.
location$.subscribe(({ hash }) => hash && document.documentElement.classList.remove("far"))
// What Material leaves without a name or out of the keyboard's reach. Runs after every page change.
document$.subscribe(() => {
  for (const nav of document.querySelectorAll(".md-code__nav")) nav.setAttribute("role", "none") // one button is no landmark
  for (const button of document.querySelectorAll(".md-code__button:not([aria-label])")) button.setAttribute("aria-label", button.title)
  // components.css leaves these blocks without a layout; they get it in small portions when there is nothing better to do.
  const idle = window.requestIdleCallback ?? setTimeout
  const blocks = ".md-typeset > :is(.btb-code, .btb-fig, .btb-prc, .btb-formula, .admonition)"
  const parts = ".md-typeset > .tabbed-set > .tabbed-content, .doc-children > .doc-object"
  const far = [...document.querySelectorAll(`${blocks}, ${parts}`)]
  const approach = () => {
    for (const block of far.splice(0, 2)) block.classList.add("near")
    idle(far.length ? approach : reachable)
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

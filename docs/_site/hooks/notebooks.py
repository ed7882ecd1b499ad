"""Make the pages that come from notebooks look and behave like the others, and put a notebook beside each other page.

mkdocs-jupyter runs a notebook and returns a page of Jupyter's own: style sheets and scripts inside, formulas as typed,
links to `.md` files as written. This hook keeps the text, the code and what the code printed, and writes them as this
site writes them. A link that leads nowhere is a warning, so a strict build fails.

The other way, a page with a module of its own becomes a notebook to download, which the foot of the page then names.
"""

import importlib.metadata
import logging
import platform
import posixpath
import re
import shutil
from datetime import date
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, urlsplit

import numpy
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from docs._site.cache import key
from docs._site.cells import Place
from docs._site.katex import render
from docs._site.notebook import notebook

log = logging.getLogger("mkdocs.hooks.notebooks")

CACHE = Path(".cache") / "notebooks"
FORMULA = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Keep the executed notebooks in a folder whose name changes with every module that they import."""
    scripts = sorted(Path(config.docs_dir, "notebooks").glob("*.py"))
    folder = CACHE / key("\n".join(path.read_text(encoding="utf-8") for path in scripts))
    config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(folder)
    for other in CACHE.glob("*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return config


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Add the page's notebook to the site's files, and its name to the page's last line."""
    module = "reference." + page.file.src_uri.removesuffix(".md").replace("/", ".")
    if not markdown.rstrip().endswith(f"\n::foot {module}"):
        return markdown
    place = Place(page.file.src_uri, config.site_url or "", config.extra["repository"])
    name = f"{page.file.name}.ipynb"
    files.append(File.generated(config, page.url + name, content=notebook(markdown, place)))
    return f"{markdown.rstrip()} {name}\n"


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return a notebook's page in the form of this site; every other page as it is."""
    if not page.file.src_uri.startswith("notebooks/"):
        return html
    cells = []
    for cell in BeautifulSoup(html, "html.parser").select(".jp-Cell:not(.jp-Cell .jp-Cell)"):
        text = cell.select_one(".jp-RenderedMarkdown")
        cells.append(_text(text, page, files) if text else _card(cell))
    return "\n".join([*cells, _foot(page, config.extra["repository"])])


def _text(cell: Tag, page: Page, files: Files) -> str:
    for anchor in cell.select(".anchor-link"):
        heading = anchor.parent
        anchor.decompose()
        if heading is not None and heading.name != "h1":
            heading.append(BeautifulSoup(_permalink(str(heading.get("id"))), "html.parser"))
    for link in cell.select("a[href]"):
        link["href"] = _address(str(link["href"]), page, files)
    for words in list(cell.find_all(string=FORMULA)):
        if isinstance(words, NavigableString) and not words.find_parent(["code", "pre"]):
            words.replace_with(BeautifulSoup(FORMULA.sub(_formula, escape(words, quote=False)), "html.parser"))
    return cell.decode_contents().strip()


def _permalink(anchor: str) -> str:
    return f'<a class="headerlink" href="#{anchor}" title="Link to this section">¶</a>'


def _formula(match: re.Match[str]) -> str:
    if match["display"]:
        return f'<span class="btb-formula" tabindex="0">{render(unescape(match["display"]), True)}</span>'
    return render(unescape(match["inline"]), False)


def _address(href: str, page: Page, files: Files) -> str:
    """Return where a link leads in the built site; links to other pages are written as paths of their files."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path.endswith((".md", ".py")):
        return href
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), parts.path))
    target = files.get_file_from_path(path)
    if target is None:
        log.warning("%s links to %s, and there is no such page", page.file.src_uri, href)
        return href
    return get_relative_url(target.url, page.url) + (f"#{parts.fragment}" if parts.fragment else "")


def _card(cell: Tag) -> str:
    """Return a code cell and what it printed as one card."""
    code = cell.select_one(".highlight-ipynb pre")
    marked = code.decode_contents() if code else ""
    card = f'<div class="highlight"><pre tabindex="0"><code>{marked.strip()}</code></pre></div>'
    shown = [_output(output) for output in cell.select(".jp-OutputArea-output")]
    if shown:
        card += f'<div class="btb-out"><span class="btb-out__label">Output</span>{"".join(shown)}</div>'
    return f'<div class="btb-code" data-state="idle">{card}</div>'


def _output(output: Tag) -> str:
    printed = output.find("pre")
    if isinstance(printed, Tag):
        return f'<div class="highlight"><pre tabindex="0"><code>{printed.decode_contents().rstrip()}</code></pre></div>'
    return output.decode_contents()


def _foot(page: Page, repository: str) -> str:
    """Return the foot of the page: the notebook, what ran it, where to report an error."""
    path = f"docs/{page.file.src_uri}"
    version = importlib.metadata.version("bits-to-backprop")
    built = f"{version} of {date.today():%d %B %Y}, Python {platform.python_version()}, NumPy {numpy.__version__}"
    issue = f"{repository}/issues/new?title={quote(f'Error in {path}')}&amp;body={quote(f'Version {built}.')}"
    entries = {
        "Notebook": f'<a href="{repository}/blob/main/{path}"><code>{path}</code></a>',
        "Run with": built,
        "Found a mistake?": f'<a href="{issue}">Report an error on this page</a>',
    }
    items = "".join(f"<div><dt>{term}</dt><dd>{text}</dd></div>" for term, text in entries.items())
    return f'<dl class="btb-foot">{items}</dl>'

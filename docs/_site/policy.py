"""The Content-Security-Policy of the built site: what its pages and workers may load, run and ask.

A server sends it as a header with every file. Where a host sends no headers of one's own, `python -m docs._site.policy
SITE`, the last step of a build, has written it into each page, and into the file `_headers` that some hosts read.

One policy serves all pages: the theme swaps pages in place, so that a page lives under the policy of the page that was
opened first.
"""

import base64
import hashlib
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

DIRECTIVES = {
    "default-src": ["'self'"],
    # 'wasm-unsafe-eval' lets Pyodide compile its interpreter and NumPy's modules; it lets no text run as JavaScript.
    # The hashes of the theme's inline scripts follow.
    "script-src": ["'self'", "'wasm-unsafe-eval'"],
    # Formulas and drawings carry style attributes, which no hash covers; so does the editor its style elements.
    "style-src": ["'self'", "'unsafe-inline'"],
    # data: for the theme's icons, which are in its style sheets; blob: for the drawings that Python returns.
    "img-src": ["'self'", "data:", "blob:"],
    # blob: for the address that the interpreter asks while it runs, to learn that the reader pressed Stop.
    "connect-src": ["'self'", "blob:"],
    "worker-src": ["'self'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-src": ["'none'"],
    "object-src": ["'none'"],
    "frame-ancestors": ["'none'"],
}
HEADER_ONLY = ("frame-ancestors",)  # browsers ignore it in a page
CHARSET = re.compile(r"<meta charset=[^>]*>")
META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]*">')
# Other types make a script element a block of data.
EXECUTED = re.compile(r"((text|application)/(x-)?(java|ecma)script|module|importmap|speculationrules)?", re.IGNORECASE)
HEADERS = """\
/*
  Content-Security-Policy: {policy}
  X-Content-Type-Options: nosniff
"""


class Page(HTMLParser):
    """What of a page's HTML would run: its inline scripts, and the code in its attributes."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.scripts: list[str] = []
        self.attributes: list[str] = []
        self._inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an inline script, and note code in attributes."""
        values = {name: value or "" for name, value in attrs}
        self.attributes += [
            f'{name}="{value}"'
            for name, value in values.items()
            if name.startswith("on") or value.strip().lower().startswith("javascript:")
        ]
        if tag == "script":
            self._inside = "src" not in values and EXECUTED.fullmatch(values.get("type", "")) is not None
            if self._inside:
                self.scripts.append("")

    def handle_data(self, data: str) -> None:
        """Keep a piece of an inline script."""
        if self._inside:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Close a script."""
        if tag == "script":
            self._inside = False


def pages(site: Path) -> list[Path]:
    """Return the HTML files of a built site."""
    return sorted(site.rglob("*.html"))


def source_of(script: str) -> str:
    """Return the source expression that allows one inline script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy(site: Path) -> str:
    """Return the one policy of a built site, with the hash of each inline script of its pages.

    Args:
        site: The folder of the built site.

    Returns:
        The value of the header.

    Raises:
        ValueError: If there is no page, or one has code in an attribute, which the policy refuses.
    """
    if not pages(site):
        raise ValueError(f"The built site stands in {site}, and there is no page: run python3 dev.py build first.")
    hashes: set[str] = set()
    for path in pages(site):
        page = Page(path.read_text(encoding="utf-8"))
        if page.attributes:
            raise ValueError(
                f"No page has code in attributes, and {path.relative_to(site).as_posix()} has {page.attributes[0]}: "
                "listen for the event in a script file."
            )
        hashes.update(map(source_of, page.scripts))
    sources = {**DIRECTIVES, "script-src": [*DIRECTIVES["script-src"], *sorted(hashes)]}
    return "; ".join(" ".join([name, *allowed]) for name, allowed in sources.items())


def meta(header: str) -> str:
    """Return the element that stands for the header in a page, less what only a header can say."""
    carried = [directive for directive in header.split("; ") if not directive.startswith(HEADER_ONLY)]
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(carried)}">'


def write(site: Path) -> str:
    """Write the policy into each page of a built site and into `_headers`; a second time changes nothing.

    Args:
        site: The folder of the built site.

    Returns:
        The policy.

    Raises:
        ValueError: If a page has no `<meta charset>` to put the policy behind, or `policy` raises.
    """
    header = policy(site)
    for path in pages(site):
        text = META.sub("", path.read_text(encoding="utf-8"))
        sealed, count = CHARSET.subn(lambda charset: charset[0] + meta(header), text, count=1)
        if not count:
            name = path.relative_to(site).as_posix()
            raise ValueError(f"Every page begins with <meta charset>, and {name} has none: nothing carries its policy.")
        path.write_text(sealed, encoding="utf-8", newline="\n")
    (site / "_headers").write_text(HEADERS.format(policy=header), encoding="utf-8", newline="\n")
    return header


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]))
    except ValueError as reason:
        sys.exit(str(reason))

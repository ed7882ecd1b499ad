"""Give each table the box in which it scrolls: Material adds it in the browser, and there it costs a new layout."""

import re
from typing import Any

PLAIN = re.compile(r"<table>(.*?)</table>", re.DOTALL)
BOXED = (
    r'<div class="md-typeset__scrollwrap"><div class="md-typeset__table">'
    r'<table class="btb-table">\1</table></div></div>'
)


def on_page_content(html: str, **_: Any) -> str:
    """Return a page whose tables stand in boxes, each with a class of its own, which Material leaves alone."""
    return PLAIN.sub(BOXED, html)

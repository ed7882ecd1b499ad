"""Pack a built site into one archive for reading without a network: `python -m docs._site.offline SITE ARCHIVE`.

Unpacked, the pages open as files. A browser gives a file less than it gives a server's page: a folder is no page, and
neither modules nor workers are loaded. So links name the files that they lead to, the search finds its index in a
script, and `offline.js`, which stands beside this module, runs the search without a worker. Python needs a server all
the same; `README.txt` and each bar say so. The Content-Security-Policy is left out, since it forbids the frame in which
the search then runs.

Material's own plugin `offline` is not used: it adds a script of another host to each page.
"""

import importlib.metadata
import json
import re
import sys
import time
import zipfile
from pathlib import Path

from docs._site.policy import META

__all__ = ["FOLDER", "make"]

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "bits-to-backprop"
"""The one folder in the archive."""

LEFT_OUT = {"404.html", "_headers"}  # a file has neither; both are for a server with this site's own address
INDEX = "search/search_index.json"
LINK = re.compile(r'(<(?:a|link)\b[^>]*?\bhref=")([^"#?]*)')
CONFIG = re.compile(r'<script id="__config".*?</script>', re.DOTALL)
MODULE = re.compile(r'<script [^>]*?src="(?P<root>[^"]*)assets/generated/live/page\.js"[^>]*></script>')
PRELOAD = re.compile(r'<link rel="preload"[^>]*>')
README = """\
Bits to Backprop {version}, to be read without a network.

Open index.html: the text, the figures and the search need nothing else.
To run the examples too, enter python3 -m http.server --bind 127.0.0.1 in this folder and open http://127.0.0.1:8000/
"""


def make(site: Path, archive: Path) -> None:
    """Write the archive of a built site.

    Args:
        site: The folder of the built site; it stays as it is.
        archive: Where the archive goes; its folder is made where it is missing.

    Raises:
        ValueError: If there is no site, or a page of it lacks the scripts that are replaced.
    """
    if not (site / "index.html").is_file():
        raise ValueError(f"The built site stands in {site}, and it has no index.html: run python3 dev.py build first.")
    index = _index(site)
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    files = {path.relative_to(site).as_posix(): path for path in paths}
    made = {
        **{name: _page(path, site) for name, path in files.items() if path.suffix == ".html" and name not in LEFT_OUT},
        INDEX: index,
        INDEX.removesuffix("on"): f"var __index = {index}",
        "offline.js": Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
        "README.txt": README.format(version=importlib.metadata.version("bits-to-backprop")),
        **{name: (ROOT / name).read_text(encoding="utf-8") for name in ("LICENSE", "THIRD_PARTY.md")},
    }
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in made.items():
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", time.localtime()[:6])
            entry.external_attr = 0o644 << 16  # else nobody but its owner may read it
            packed.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)
        for name in files.keys() - made.keys() - LEFT_OUT:
            packed.write(files[name], f"{FOLDER}/{name}")


def _page(path: Path, site: Path) -> str:
    """Return a page whose links lead to files and whose scripts ask how it was opened."""

    def led(link: re.Match[str]) -> str:
        start, address = link.groups()
        folder = bool(address) and ":" not in address and (path.parent / address).is_dir()
        return start + (f"{address.rstrip('/')}/index.html" if folder else address)

    text = LINK.sub(led, PRELOAD.sub("", META.sub("", path.read_text(encoding="utf-8"))))
    module = MODULE.search(text)
    config = CONFIG.search(text)
    if not module or not config:
        raise ValueError(f"Each page has its settings and page.js, and {path.relative_to(site).as_posix()} has not.")
    first = f'{config[0]}<script src="{module["root"]}offline.js"></script>'
    return text.replace(module[0], "").replace(config[0], first)


def _index(site: Path) -> str:
    """Return the search index, which names the file of each section."""
    index = json.loads((site / INDEX).read_text(encoding="utf-8"))
    for section in index["docs"]:
        folder, mark, place = section["location"].partition("#")
        section["location"] = f"{folder}index.html{mark}{place}"
    return json.dumps(index, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]), Path(sys.argv[2]))
    except ValueError as reason:
        sys.exit(str(reason))

"""Mend the search: a fault of lunr, the search engine in Material's worker, is repaired at the worker's end."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

WORKERS = Path("assets", "javascripts", "workers")
REPAIR = Path(__file__).parents[1] / "search.js"


def on_post_build(config: MkDocsConfig) -> None:
    """Add the repair to the worker that the built site has."""
    workers = list(Path(config.site_dir, WORKERS).glob("search.*.min.js"))
    if len(workers) != 1:
        raise PluginError(f"Material has one search worker in {WORKERS.as_posix()}, and here are {len(workers)}")
    repair = REPAIR.read_text(encoding="utf-8")
    worker = workers[0].read_text(encoding="utf-8")
    if not worker.endswith(repair):
        workers[0].write_text(worker + repair, encoding="utf-8")

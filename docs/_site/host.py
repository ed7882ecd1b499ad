"""Serve a built site as a good host does: compressed, with the right types, the policy with every file, its 404 page.

For the tests and the audit; `dev.py serve` has MkDocs's own server.
"""

import gzip
import http.server
import io
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["Host", "serving"]

REPORTS = "refused"
COMPRESSED = {".css", ".html", ".js", ".json", ".map", ".mjs", ".py", ".svg", ".txt", ".wasm", ".xml"}
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".woff2": "font/woff2"}


class Host(http.server.ThreadingHTTPServer):
    """A server of one folder under one base path, at a port of the system's choice."""

    daemon_threads = True

    def __init__(self, folder: Path, base: str) -> None:
        """Open the port. `policy` is sent with every file once it is set; `refused` is what browsers reported."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.base = base
        self.policy = ""
        self.refused: list[str] = []

    @property
    def home(self) -> str:
        """The address of the first page."""
        return f"http://127.0.0.1:{self.server_port}{self.base}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer one request from the folder."""
        Handler(request, client_address, self, directory=str(self.folder))


class Handler(http.server.SimpleHTTPRequestHandler):
    """Answer with a file as the site's host does."""

    server: Host

    def translate_path(self, path: str) -> str:
        """Return the file of an address; outside the base path there is none."""
        if not path.startswith(self.server.base):
            return str(self.server.folder / "nothing" / "here")
        return super().translate_path("/" + path.removeprefix(self.server.base))

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Return the type of a file; the system's own table may not know the younger ones."""
        return TYPES.get(Path(path).suffix) or super().guess_type(path)

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Send the headers; return the body, compressed where that is asked for and pays."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if self.path.endswith("/") else path
        plain = "gzip" not in self.headers.get("Accept-Encoding", "") or "If-Modified-Since" in self.headers
        if plain or path.suffix not in COMPRESSED or not path.is_file():
            return super().send_head()
        changed = path.stat().st_mtime
        body = compressed(path, changed)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", self.date_time_string(int(changed)))
        self.end_headers()
        return io.BytesIO(body)

    def do_POST(self) -> None:
        """Keep a browser's report of what the policy refused."""
        report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["csp-report"]
        names = ("effective-directive", "blocked-uri", "source-file", "line-number")
        self.server.refused.append(" ".join(str(report.get(name, "")) for name in names).strip())
        self.send_response(204)
        self.end_headers()

    def end_headers(self) -> None:
        """Add what goes with every answer."""
        if self.server.policy:
            reporting = f"; report-uri {self.server.base}{REPORTS}"
            self.send_header("Content-Security-Policy", self.server.policy + reporting)
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's 404 page."""
        page = self.server.folder / "404.html"
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@lru_cache(maxsize=512)
def compressed(path: Path, changed: float) -> bytes:
    """Return a file's content compressed; `changed` makes it anew after a change."""
    return gzip.compress(path.read_bytes(), 6)


@contextmanager
def serving(folder: Path, base: str) -> Iterator[Host]:
    """Serve a folder under a base path until the context is left."""
    with Host(folder, base) as host:
        thread = threading.Thread(target=host.serve_forever)
        thread.start()
        try:
            yield host
        finally:
            host.shutdown()
            thread.join()

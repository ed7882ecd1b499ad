"""The Content-Security-Policy of the built site: it covers what the pages are, and refuses what they are not."""

import re
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from docs._site import policy
from docs._site.host import Host, serving
from tests.needs import need

CONCEPT = "activations/sigmoids/"
OUTSIDE = "http://localhost:9/"  # another host than 127.0.0.1; nothing listens there
PAGE = '<!doctype html><html><head><meta charset="utf-8"><title>A page</title></head><body>{body}</body></html>'
HELLO = "alert('Hello, world.');"
HELLO_HASH = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"  # from the specification, CSP Level 3, section 8.3
Start = Callable[..., Any]
BeautifulSoup: Any = need("bs4", "beautifulsoup4").BeautifulSoup

# What a stranger's script would try; it comes from the site's own host, so that it runs at all.
PROBE = """
const who = globalThis.document ? "page" : "worker"
const outcome = (work) => Promise.resolve().then(work).then((found) => `did: ${found}`, () => "refused")
const image = (address) => new Promise((yes, no) => {
  Object.assign(document.body.appendChild(new Image()), {src: address, onload: yes, onerror: no})
})
export const tries = {
  eval: () => eval("1 + 1"),
  "new Function": () => new Function("return 1 + 1")(),
  "an outside fetch": () => fetch(`OUTSIDE${who}`, {mode: "no-cors"}).then(() => "fetched"),
  "an outside module": () => import(`OUTSIDE${who}`).then(() => "imported"),
  "code from an address": () => import("data:text/javascript,export default 1").then(() => "imported"),
}
export const inPage = {
  "an outside image": () => image("OUTSIDEpage"),
  "an inline script": () => {
    document.body.append(Object.assign(document.createElement("script"), {textContent: "window.planted = 1"}))
    return window.planted ?? Promise.reject()
  },
  "code in an attribute": async () => {
    document.body.insertAdjacentHTML("beforeend", "<img src='missing.png' onerror='window.planted = 1'>")
    await new Promise((later) => setTimeout(later, 500))
    return window.planted ?? Promise.reject()
  },
  "a worker from data": () => new Promise((yes, no) => {
    Object.assign(new Worker("data:text/javascript,postMessage(1)"), {onmessage: yes, onerror: no})
  }),
}
export async function all(tries) {
  const found = {}
  for (const [name, work] of Object.entries(tries)) found[name] = await outcome(work)
  return found
}
""".replace("OUTSIDE", OUTSIDE)
PROBE_PAGE = """
import { all, inPage, tries } from "./probe.js"
window.planted_before = window.planted === 1
window.found = await all({ ...tries, ...inPage })
const worker = new Worker("probe-worker.js", { type: "module" })
worker.onmessage = ({ data }) => (window.foundByWorker = data)
"""
PROBE_WORKER = 'import { all, tries } from "./probe.js"\npostMessage(await all(tries))\n'


def directives(header: str) -> dict[str, list[str]]:
    """Return what a policy allows, by directive."""
    return {name: sources for name, *sources in map(str.split, header.split(";"))}


def sent_by_headers(site: Path) -> str:
    """Return the policy as a host that reads `_headers` sends it."""
    lines = (site / "_headers").read_text(encoding="utf-8").splitlines()
    return next(line.partition(": ")[2] for line in lines if line.startswith("  Content-Security-Policy: "))


def small_site(folder: Path, **bodies: str) -> Path:
    """Write pages with these bodies."""
    for name, body in bodies.items():
        (folder / f"{name}.html").write_text(PAGE.format(body=body), encoding="utf-8", newline="")
    return folder


def test_hash_is_that_of_the_specification() -> None:
    assert policy.source_of(HELLO) == HELLO_HASH


def test_policy_holds_the_scripts_that_run_and_no_others(tmp_path: Path) -> None:
    data, file = '<script type="application/json">{"a": "b"}</script>', '<script src="a.js"></script>'
    folder = small_site(
        tmp_path,
        one=f"<script>{HELLO}</script>{data}{file}",
        two=f'<script type="module">let a = "</p>"</script><script>{HELLO}</script>',
        three='<script type="text/javascript">two\r\nlines</script>',
    )
    wanted = sorted([HELLO_HASH, policy.source_of('let a = "</p>"'), policy.source_of("two\nlines")])
    assert directives(policy.policy(folder))["script-src"] == ["'self'", "'wasm-unsafe-eval'", *wanted]


@pytest.mark.parametrize("code", ['<a onclick="go()">x</a>', '<a href=" JavaScript:go()">x</a>'])
def test_code_in_attributes_is_an_error(tmp_path: Path, code: str) -> None:
    with pytest.raises(ValueError, match=r"No page has code in attributes, and bad\.html has .*go\(\)"):
        policy.policy(small_site(tmp_path, bad=code, good="<p>x</p>"))


def test_page_that_can_carry_no_policy_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bare.html").write_text("<p>x</p>", encoding="utf-8")
    with pytest.raises(ValueError, match=r"begins with <meta charset>, and bare\.html has none"):
        policy.write(tmp_path)


def test_folder_without_pages_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"stands in .* and there is no page: run python3 dev\.py build"):
        policy.write(tmp_path)


def test_policy_allows_no_code_but_the_sites_own(host: Host, site: Path) -> None:
    allowed = directives(host.policy)
    assert "'unsafe-inline'" not in allowed["script-src"]
    assert "'unsafe-eval'" not in allowed["script-src"]
    hosts = [source for sources in allowed.values() for source in sources if not source.startswith("'")]
    assert set(hosts) == {"data:", "blob:"}
    assert {"default-src", "script-src", "worker-src", "connect-src", "base-uri", "form-action"} <= set(allowed)


def test_every_page_carries_the_one_policy_first(host: Host, site: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in site.rglob("*.html")]
    beginnings = {re.search(r"<meta charset=[^>]*>(<meta [^>]*>)", text) for text in texts}
    assert {found and found[1] for found in beginnings} == {policy.meta(host.policy)}
    assert "frame-ancestors" in host.policy
    assert "frame-ancestors" not in policy.meta(host.policy)
    inline = {
        policy.source_of(script.get_text())
        for text in texts
        for script in BeautifulSoup(text, "html.parser").find_all("script", src=False)
        if script.get("type") != "application/json"
    }
    assert inline == {source for source in directives(host.policy)["script-src"] if source.startswith("'sha256-")}
    assert len(inline) <= 8  # one script for all depths, not one for each


def test_headers_file_holds_the_policy_in_one_line(host: Host, site: Path) -> None:
    lines = (site / "_headers").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "/*"
    assert sent_by_headers(site) == host.policy
    assert max(map(len, lines)) <= 2000  # what Cloudflare Pages reads


def test_writing_again_changes_nothing(site: Path, tmp_path: Path) -> None:
    names = ["index.html", "404.html"]
    for name in names:
        shutil.copy(site / name, tmp_path)
    policy.write(tmp_path)
    before = [(tmp_path / name).read_bytes() for name in [*names, "_headers"]]
    policy.write(tmp_path)
    assert [(tmp_path / name).read_bytes() for name in [*names, "_headers"]] == before


def test_host_sends_policy_types_and_compression(host: Host, site: Path) -> None:
    types = {".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
    small = {".html", ".js", ".mjs", ".wasm", ".css", ".json", ".svg"}
    paths = {path.suffix: path.relative_to(site).as_posix() for path in site.rglob("*.*")}
    assert {".html", ".js", ".css", ".svg", ".woff2"} <= set(paths)
    for suffix, path in paths.items():
        request = urllib.request.Request(host.home + path, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Security-Policy"].startswith(host.policy)
            assert answer.headers["Content-Type"] == types.get(suffix, answer.headers["Content-Type"])
            if suffix in small | {".woff2", ".zip"}:
                assert (answer.headers["Content-Encoding"] == "gzip") == (suffix in small), path


@pytest.fixture(params=["header", "meta"])
def probed(request: pytest.FixtureRequest, host: Host, site: Path, tmp_path: Path) -> Iterator[Host]:
    """Serve a page of the site with a planted inline script and a probe, the policy sent in one of two ways."""
    folder = tmp_path / "copy"
    shutil.copytree(site, folder, ignore=shutil.ignore_patterns("python"))
    page = folder / CONCEPT / "index.html"
    text = page.read_text(encoding="utf-8")
    text = text if request.param == "meta" else policy.META.sub("", text)
    planted = "<script>window.planted = 1</script><script type=module src=probe-page.js></script></body>"
    page.write_text(text.replace("</body>", planted), encoding="utf-8")
    for name, code in {"probe": PROBE, "probe-page": PROBE_PAGE, "probe-worker": PROBE_WORKER}.items():
        page.with_name(f"{name}.js").write_text(code, encoding="utf-8")
    with serving(folder, host.base) as other:
        other.policy = sent_by_headers(site) if request.param == "header" else ""
        yield other


def test_policy_refuses_what_is_not_the_sites(visit: Start, probed: Host) -> None:
    window = visit(home=probed.home)
    page = window.open(CONCEPT)
    page.wait_for_function("() => window.found && window.foundByWorker")
    found, by_worker = page.evaluate("[found, foundByWorker]")
    assert page.evaluate("planted_before") is False
    assert set(found.values()) == {"refused"}, found
    assert len(found) == 9
    if not probed.policy:  # a worker is governed by the header of its own file alone, as CONTRIBUTING.md says
        assert by_worker["eval"] == "did: 2"
        assert set(window.foreign) == {OUTSIDE + "worker"}
        return
    assert set(by_worker.values()) == {"refused"}, by_worker
    assert window.foreign == []
    wanted = {
        ("connect-src", OUTSIDE + "page"),
        ("connect-src", OUTSIDE + "worker"),
        ("img-src", OUTSIDE + "page"),
        ("script-src", "eval"),
        ("script-src-attr", "inline"),
        ("script-src-elem", "data"),
        ("script-src-elem", "inline"),
        ("script-src-elem", OUTSIDE + "page"),
        ("script-src-elem", OUTSIDE + "worker"),
        ("worker-src", "data"),
    }
    for _ in range(50):  # browsers report in their own time
        reported = {tuple(report.split()[:2]) for report in probed.refused}
        if reported >= wanted:
            break
        page.wait_for_timeout(100)
    assert reported == wanted


def test_site_works_at_another_address_than_its_own(visit: Start, host: Host, site: Path) -> None:
    with serving(site, "/x/y/") as other:
        other.policy = host.policy
        window = visit(home=other.home)
        page = window.open(CONCEPT, until="networkidle")
        page.evaluate("window.stayed = true")
        page.locator(".md-footer__link--next").click()
        page.wait_for_url("**/x/y/activations/softmax/")
        page.wait_for_selector("article h1:has-text('oftmax')")
        assert page.evaluate("window.stayed ?? null") is None  # a full load: the addresses in sitemap.xml are others
        page.wait_for_load_state("networkidle")
        assert {response.status for response in window.responses} == {200}
        assert (window.foreign, window.errors, other.refused) == ([], [], [])

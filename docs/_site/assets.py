"""Make the fonts and the formula styles that the pages load: `python -m docs._site.assets`.

They come from the locked npm packages. Each font keeps only the characters that the site uses, each formula font only
the signs of the formulas that stand in the pages and docstrings. ASCII and common punctuation stay in the text fonts,
so that an edit of prose seldom needs a new run.

The result goes to `docs/_site/theme/assets/generated/` and is the same, byte for byte, on every run. Nothing is made
again while neither the characters, nor the packages, nor this file have changed.
"""

import hashlib
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from docs._site.fences import prose
from docs._site.files import write
from docs._site.katex import render
from docs._site.node import MANIFEST, packages

__all__ = ["make"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = HERE / "theme" / "assets" / "generated"
TEXTS = ("docs/**/*.md", "docs/**/*.py", "docs/_site/theme/**/*.html", "reference/**/*.py", "mkdocs.yml")
FACES = [
    ("source-serif-4", "Bits Serif", 400, "normal", "kern liga lnum onum tnum"),
    ("source-serif-4", "Bits Serif", 400, "italic", "liga lnum onum"),
    ("source-serif-4", "Bits Serif", 600, "normal", "kern liga lnum onum"),
    ("ibm-plex-mono", "Bits Mono", 400, "normal", ""),
    ("ibm-plex-mono", "Bits Mono", 600, "normal", ""),
]
"""Package, new name, weight, style, features. The licenses keep the old names for the unchanged fonts.

Kerning is a quarter of a font's weight; single words in italics do without it.
"""

SCRIPTS = ("latin", "greek", "latin-ext")
"""The files that a font is split into upstream; a character is taken from the first that has it."""

ASCII = {chr(code) for code in range(0x20, 0x7F)}
SIGNS = set("\xa0«»·×÷±−\u2013\u2014\u2018’“”…°µ²³¹½¼¾§←→↑↓≤≥≠≈∞√∂∑∏⁰⁴⁵⁶⁷⁸⁹⁻₀₁₂")
FORMULA = re.compile(r"\$\$(?P<display>.+?)\$\$|(?<![\\$\w`])\$(?P<inline>[^$\n`]+?)\$(?![\w$])", re.DOTALL)
VARIABLE = re.compile(r'<span class="[^"]*\bmathnormal\b[^"]*"[^>]*>([^<]*)')
UPRIGHT = "0123456789+-−=()[]|,./<>"
FONT_FACE = re.compile(r"@font-face\{[^}]*\}")


def make() -> Path:
    """Make the files unless they stand already.

    Returns:
        The style sheet that declares the fonts and styles the formulas.
    """
    texts = [path.read_text(encoding="utf-8") for path in _texts()]
    characters = ASCII | SIGNS | {sign for text in texts for sign in text if sign.isprintable()}
    variables, others = _signs_in_formulas(texts)
    sheet = TARGET / "type.css"
    head = f"/* {_key(characters, variables, others)} */\n"
    if sheet.is_file() and sheet.read_text(encoding="utf-8").startswith(head):
        return sheet
    TARGET.mkdir(parents=True, exist_ok=True)
    rules = "\n".join([*_text_fonts(characters), _formula_styles(variables, others)])
    write(sheet, f"{head}{rules}\n".encode())
    for path in set(TARGET.glob("*.woff2")) - {TARGET / name for name in re.findall(r"url\(([\w.-]+)\)", rules)}:
        path.unlink()
    return sheet


def _key(*signs: set[str]) -> str:
    """Return a hash of the characters, of the locked packages and of this file."""
    digest = hashlib.sha256("\n".join("".join(sorted(part)) for part in signs).encode())
    for path in [*(HERE / name for name in MANIFEST), Path(__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _texts() -> Iterator[Path]:
    for pattern in TEXTS:
        yield from sorted(ROOT.glob(pattern))


def _signs_in_formulas(texts: list[str]) -> tuple[set[str], set[str]]:
    """Return the characters that the typeset formulas show: the italic variables, and all others.

    What looks like a formula and is none is passed over here; the build of its page reports it.
    """
    variables: set[str] = set()
    others = set(UPRIGHT)
    for text in texts:
        for match in FORMULA.finditer(prose(text)):
            latex = re.sub(r"\[\[.*?\]\]", "0", match["display"] or match["inline"])
            try:
                html = render(latex, match["display"] is not None)
            except ValueError:
                continue
            shown = html.partition('<span class="katex-html"')[2].partition(">")[2]
            variables.update(*VARIABLE.findall(shown))
            others |= set(unescape(re.sub(r"<[^>]*>", "", VARIABLE.sub("", shown))))
    return variables, others


def _text_fonts(characters: set[str]) -> Iterator[str]:
    for package, family, weight, style, features in FACES:
        wanted = {ord(sign) for sign in characters}
        for script in SCRIPTS:
            name = f"{package}-{script}-{weight}-{style}.woff2"
            source = packages() / "@fontsource" / package / "files" / name
            taken = wanted & set(TTFont(source).getBestCmap()) if source.is_file() else set()
            if script != "latin":
                taken = {code for code in taken if code > 0x7F}
            if not taken:
                continue
            wanted -= taken
            file = name.replace("-latin-", "-", 1) if script == "latin" else name
            _subset(source, TARGET / file, taken, family, features)
            codes = "" if script == "latin" else f"unicode-range:{_ranges(taken)};"
            yield (
                f'@font-face{{font-family:"{family}";font-style:{style};font-weight:{weight};font-display:swap;'
                f'{codes}src:url({file}) format("woff2")}}'
            )


def _formula_styles(variables: set[str], others: set[str]) -> str:
    folder = packages() / "katex" / "dist"

    def face(rule: re.Match[str]) -> str:
        source = re.search(r"url\(fonts/([\w-]+)\.woff2\)", rule[0])
        assert source is not None
        original = folder / "fonts" / f"{source[1]}.woff2"
        wanted = {ord(sign) for sign in (variables if "Math" in original.name else others)}
        if not wanted & set(TTFont(original).getBestCmap()):
            return ""
        file = original.name.replace("KaTeX_", "Formula_")
        _subset(original, TARGET / file, wanted, file.partition("-")[0])
        kept = rule[0].partition("src:")[0].replace("font-display:block", "font-display:swap")
        return f'{kept}src:url({file}) format("woff2")}}'

    styles = FONT_FACE.sub(face, (folder / "katex.min.css").read_text(encoding="utf-8"))
    return styles.replace("KaTeX_", "Formula_")


def _subset(source: Path, target: Path, codes: set[int], family: str, features: str = "") -> None:
    options = subset.Options(flavor="woff2", layout_features=features.split(), hinting=False, desubroutinize=False)
    options.name_IDs = [0, 1, 2, 13, 14]  # whose work, family, style, license
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID == 1:
            record.string = family
    subset.save_font(font, str(target), options)


def _ranges(codes: set[int]) -> str:
    """Return code points as CSS writes them: U+391-3A9,U+3B1."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in runs)


if __name__ == "__main__":
    print(make().relative_to(ROOT))

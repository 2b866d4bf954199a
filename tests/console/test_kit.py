"""The page of all components: complete, accessible, and as it looked before.

Each section is drawn into a small cell, so that another font or another rasteriser makes little difference, and a lost
style a large one. JALON_TEST_SNAPSHOT=write renews the pictures.
"""

import base64
import os
import re
from pathlib import Path

import pytest

from jalon.console import templates

PICTURES = Path(__file__).parent / "kit"
VARIANTS = [("en", False), ("en", True), ("fr", False), ("fr", True)]
CELL = (96, 64)
# Averages of a channel, of 255, over a cell and over an eighth by an eighth of it.
MOST, MOST_IN_A_PART = 6, 25
DRAW = """async ({pictures, width, height}) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height * pictures.length];
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    for (const [place, data] of pictures.entries()) {
        const image = new Image();
        image.src = "data:image/png;base64," + data;
        await image.decode();
        context.drawImage(image, 0, place * height, width, height);
    }
    return canvas.toDataURL("image/png").split(",")[1];
}"""
COMPARE = """async ({before, after, width, height}) => {
    const pixels = async (data) => {
        const image = new Image();
        image.src = "data:image/png;base64," + data;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [image.width, image.height];
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
    };
    const [one, other] = [await pixels(before), await pixels(after)];
    if (one.height !== other.height) return null;
    const found = [];
    for (let top = 0; top < one.height; top += height) {
        const parts = new Array(64).fill(0);
        for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) for (let channel = 0; channel < 3; channel++) {
            const at = ((top + y) * width + x) * 4 + channel;
            const part = Math.floor(y * 8 / height) * 8 + Math.floor(x * 8 / width);
            parts[part] += Math.abs(one.data[at] - other.data[at]);
        }
        const size = width * height * 3 / 64;
        found.push([parts.reduce((sum, each) => sum + each) / size / 64, Math.max(...parts) / size]);
    }
    return found;
}"""


@pytest.fixture
def kit(browse):
    def kit(language="en", dark=False):
        page = browse("anna", language=language, dark=dark)
        page.goto("/console/kit")
        page.evaluate("document.fonts.ready")
        return page

    return kit


@pytest.fixture
def sheet(contexts):
    """sheet(page): every section of the kit in a cell of one small picture."""

    def sheet(page):
        sections = page.locator("[data-kit]").all()
        pictures = [base64.b64encode(section.screenshot(animations="disabled")).decode() for section in sections]
        return contexts().new_page().evaluate(DRAW, {"pictures": pictures, "width": CELL[0], "height": CELL[1]})

    return sheet


@pytest.fixture
def differences(contexts):
    """differences(before, after): of each cell, on average and in its worst part."""

    def differences(before, after):
        given = {"before": before, "after": after, "width": CELL[0], "height": CELL[1]}
        found = contexts().new_page().evaluate(COMPARE, given)
        assert found is not None, "there are more sections, or fewer: JALON_TEST_SNAPSHOT=write renews the pictures"
        return found

    return differences


def picture_of(language, dark):
    return PICTURES / f"{language}-{'dark' if dark else 'light'}.png"


@pytest.mark.parametrize(("language", "dark"), VARIANTS)
def test_snapshot_of_each_component(kit, sheet, differences, axe, assert_fits_width, language, dark):
    page = kit(language, dark)
    axe(page)
    assert_fits_width(page)
    drawn = sheet(page)
    path = picture_of(language, dark)
    if os.environ.get("JALON_TEST_SNAPSHOT") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(base64.b64decode(drawn))
    names = page.locator("[data-kit]").evaluate_all("sections => sections.map(each => each.dataset.kit)")
    found = differences(base64.b64encode(path.read_bytes()).decode(), drawn)
    changed = {
        name: each for name, each in zip(names, found, strict=True) if each[0] > MOST or each[1] > MOST_IN_A_PART
    }
    assert changed == {}


@pytest.mark.parametrize("lost", [".primary", ".chip .dot", ".graph .node", "table.cards tbody", ".refusal"])
def test_a_lost_style_is_seen(kit, sheet, differences, lost):
    page = kit()
    before = sheet(page)
    page.evaluate(
        """lost => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`${lost} { all: initial !important;
        display: none !important }`); document.adoptedStyleSheets = [sheet]; }""",
        lost,
    )
    assert any(average > MOST or worst > MOST_IN_A_PART for average, worst in differences(before, sheet(page)))


def test_every_macro_is_shown():
    source = (templates.FOLDER / "macros.html").read_text()
    shown = (templates.FOLDER / "kit.html").read_text()
    macros = set(re.findall(r"{% macro (\w+)\(", source)) - {"asks"}  # an attribute of moves
    assert {name for name in macros if f"ui.{name}(" not in shown} == set()

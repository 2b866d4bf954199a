"""The documentation as a site: `make docs` builds it, and it needs nothing but its own files."""

import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.console.conftest import ARGUMENTS, CHROMIUM
from tests.docs.pages import DOCS, ROOT

LISTS = (DOCS / "index.md", DOCS / "adr/README.md")


def listed(page: Path) -> list[Path]:
    links = re.findall(r"^- \[[^\]]+\]\(([^)#:]+\.md)\)", page.read_text(), re.MULTILINE)
    return [(page.parent / link).resolve() for link in links]


def test_every_page_is_listed_once_in_one_of_the_four_parts() -> None:
    pages = [page for group in LISTS for page in listed(group)]
    written = {*DOCS.rglob("*.md"), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"} - {DOCS / "index.md"}
    assert sorted(pages) == sorted(written)
    parts = re.findall(r"^## (.+)", LISTS[0].read_text(), re.MULTILINE)
    assert parts == ["Tutorial", "How to", "Reference", "Explanation"]


def test_what_builds_the_site_is_pinned() -> None:
    lines = (DOCS / "site/requirements.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built in a folder of this process; the tools are installed by the first that needs them."""
    folder = tmp_path_factory.mktemp("site") / "docs"
    with (ROOT / ".venv/docs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = subprocess.run(["make", "docs", f"SITE={folder}"], cwd=ROOT, capture_output=True, text=True, check=False)
    if "No matching distribution" in made.stderr:
        pytest.skip("What builds the site can't be fetched here.")
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.mark.second_lane
def test_a_page_asks_no_other_host_for_anything(site: Path) -> None:
    asking = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=["']?(?:https?:)?//""")
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 60
    assert [page.name for page in pages if asking.search(page.read_text())] == []
    styles = [*site.rglob("*.css")]
    assert [
        style.name for style in styles if re.search(r"(@import|url\()\s*[\"']?(?:https?:)?//", style.read_text())
    ] == []


@pytest.mark.second_lane
def test_a_dead_link_fails_the_build(site: Path, tmp_path: Path) -> None:
    """In a copy of the configuration with a page of its own."""
    shutil.copytree(DOCS / "site", tmp_path / "docs/site")
    (tmp_path / "docs/adr").mkdir()
    (tmp_path / "docs/adr/README.md").write_text("# Decisions\n")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n")
    (tmp_path / "docs/index.md").write_text("# Index\n\n- [A](adr/README.md)\n- [B](../CHANGELOG.md)\n")
    command = [
        ROOT / ".venv/docs/bin/sphinx-build",
        "-q",
        "-W",
        "-c",
        tmp_path / "docs/site",
        tmp_path,
        tmp_path / "out",
    ]
    assert subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0
    for dead in ("adr/9999-nothing.md", "adr/README.md#nothing", "#nothing"):
        (tmp_path / "docs/index.md").write_text(
            f"# Index\n\n- [A](adr/README.md)\n- [B](../CHANGELOG.md)\n\n[x]({dead})\n"
        )
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (said.returncode, "xref_missing" in said.stderr) == (1, True), (dead, said.stderr)


@pytest.fixture
def page() -> Iterator[Page]:
    if not CHROMIUM:
        pytest.skip("No Chromium here: apt-get install chromium-headless-shell (as root).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser.new_page()
        browser.close()


@pytest.mark.second_lane
def test_search_works_from_the_files_alone(site: Path, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/docs/index.html")
    page.fill("input[name=q]", "retain")
    page.press("input[name=q]", "Enter")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li > a").all_inner_texts()
    assert any("jalon.retain" in text for text in found), found
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []

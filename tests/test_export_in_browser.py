"""The page in a browser: on a phone and on a desk, by day and by night, with and without its script.

Debian's Chromium shows it (`apt-get install chromium`); without one these are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from faces import AT, HOSTILE, change, code, flag, known, life, source
from playwright.sync_api import Browser, Page, sync_playwright

from sync.export.page import as_html
from sync.records import Reference

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = 360, 1280
"""Pixels across."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""What axe looks for."""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: apt-get install chromium")

MANY = [code(value, f"Code {value}", date="2020-01") for value in range(3100, 3108)]
CODES = [
    code(1000, "Normal Closure"),
    code(1004, "Reserved"),
    code((1005, 2999), "Unassigned"),
    code(3000, HOSTILE, date="2021-09-06", documented=False, flagged=True),
    code(3008, "Timeout" + "out" * 60, date="2024-02-01", documented=False, flagged=True),
    code((3009, 3099), "Unassigned"),
    *MANY,
    code((4000, 4999), "Private Use"),
]
RENAMED = change(1000, "amended", AT, field="description", before="Normal", after="Normal Closure")
KNOWN = known(
    CODES,
    flags=[
        flag(3000, HOSTILE),
        flag(3008, ignored=HOSTILE),
        *(flag(row.first, row.description) for row in MANY),
    ],
    lives=[
        life(1000, "Normal", None, baseline=True, then=[RENAMED]),
        *(life(row.first, row.description, row.registered_on, baseline=True) for row in CODES[3:]),
    ],
    references=(Reference("rfc", "rfc6455"), Reference("uri", "https://example.org/" + "long/" * 60)),
    sources=(source("mdn", "https://example.org/mdn", problem="404"),),
    from_bundle=True,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def www(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page, and with what is left of it where scripts are off: axe is a script itself."""
    folder = tmp_path_factory.mktemp("www")
    page = as_html(KNOWN)
    (folder / "index.html").write_bytes(page)
    (folder / "bare.html").write_bytes(re.sub(rb"<script>.*?</script>", b"", page, flags=re.DOTALL))
    return folder


@pytest.fixture(scope="module")
def address(www: Path) -> str:
    return (www / "index.html").as_uri()


@contextmanager
def opened(
    browser: Browser,
    address: str,
    *,
    width: int = DESK,
    scheme: Literal["light", "dark"] = "light",
    script: bool = True,
) -> Iterator[Page]:
    """The page, on a screen; it must have asked for nothing else, and complained of nothing, at the end."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=script
    )
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    yield page
    context.close()
    assert {url.partition("#")[0] for url in asked if not url.startswith("data:")} == {
        address.partition("#")[0]
    }
    assert said == []


def first_codes(page: Page) -> list[str]:
    return page.locator("tbody tr th").all_inner_texts()[:3]


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("index.html", PHONE, "light"),
        ("index.html", PHONE, "dark"),
        ("index.html", DESK, "light"),
        ("index.html", DESK, "dark"),
        ("bare.html", PHONE, "light"),
    ],
)
def test_everybody_can_read_it(
    browser: Browser, www: Path, name: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, (www / name).as_uri(), width=width, scheme=scheme) as page:
        found = Axe().run(page, options={"runOnly": RULES})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_link_to_a_code_shows_it(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}#3008") as page:
        row = page.locator("[id='3008']")
        assert row.evaluate("row => row.matches(':target')")
        box = row.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 800


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_the_table_is_sorted_by_a_click(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width=width) as page:
        heading = page.get_by_role("columnheader", name="Code")
        assert heading.get_attribute("aria-sort") == "ascending"
        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") == "descending"
        assert first_codes(page) == ["4000\N{EN DASH}4999", "3107", "3106"]
        page.get_by_role("button", name="Registered").press("Enter")
        assert heading.get_attribute("aria-sort") is None
        assert first_codes(page) == ["3107", "3106", "3105"]


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_without_scripts_everything_is_there_and_no_button_pretends_to_sort(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, address, width=width, script=False) as page:
        assert page.locator("th button").count() == 0
        assert first_codes(page) == ["1000", "1004", "1005\N{EN DASH}2999"]
        assert page.locator("html").evaluate("html => html.scrollWidth") == width


def test_only_the_pages_own_script_runs(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    refused = page.evaluate("""() => new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.intruder = true";
        document.body.append(script);
    })""")
    assert refused == "script-src-elem"
    assert page.evaluate("() => window.intruder") is None
    context.close()


def test_it_prints_in_black_on_white(browser: Browser, address: str) -> None:
    with opened(browser, address, scheme="dark") as page:
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"

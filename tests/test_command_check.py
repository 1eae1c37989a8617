"""`ianawatch check`, as a hook or a workflow runs it: no database, no network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from builders import document, row
from loopback import LoopbackServer

COMPLETE = "| Code | Meaning |\n|---|---|\n| 1000 | fine |\n| 3000 | a |\n| 3003 | b |\n| 3008 | c |\n"
LACKING = COMPLETE.replace("| 3003 | b |\n", "").replace("| 3008 | c |\n", "| 3001-3999 | libraries |\n")
MISSING = "is registered and not documented; only a row for the block 3001-3999 covers it"
PROSE = "# Nothing here\n\nNo table at all.\n"


def check(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run it as a user without a home would."""
    return subprocess.run(
        [sys.executable, "-m", "sync", "check", *args],
        cwd=folder,
        env={"HOME": str(folder / "nobody"), "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for name, text in (("complete.md", COMPLETE), ("lacking.md", LACKING), ("prose.md", PROSE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_complete_page_is_fine(pages: Path) -> None:
    done = check(pages, "complete.md")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 table checked, 0 codes missing (registry as of 2026-06-10, 3000-3999)\n"


def test_what_a_page_lacks_is_told_with_file_and_line_and_exit_1(pages: Path) -> None:
    done = check(pages, "lacking.md")
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        f"lacking.md:5: 3003 Forbidden {MISSING}",
        f"lacking.md:5: 3008 Timeout {MISSING}",
    ]


def test_ignored_codes_count_as_fine(pages: Path) -> None:
    done = check(pages, "lacking.md", "--ignore", "3003", "--ignore", "3008")
    assert done.returncode == 0
    assert "lacking.md:5: 3003 Forbidden is ignored\n" in done.stdout


def test_json_is_one_document(pages: Path) -> None:
    done = check(pages, "lacking.md", "complete.md", "prose.md", "--ignore", "3008", "--format", "json")
    where = {"line": 5, "block": "3001-3999", "used_as": None}
    assert json.loads(done.stdout) == {
        "files": [
            {
                "file": "lacking.md",
                "missing": [{"code": 3003, "name": "Forbidden", **where}],
                "unregistered": [],
                "conflicts": [],
                "ignored": [{"code": 3008, "name": "Timeout", **where}],
            },
            {"file": "complete.md", "missing": [], "unregistered": [], "conflicts": [], "ignored": []},
        ]
    }


def test_github_annotations_name_file_and_line_and_carry_no_command_of_the_page(tmp_path: Path) -> None:
    evil = "| 3456 | %0A::stop-commands::x\u202e |\n"
    (tmp_path / "a,b:c.md").write_text(LACKING + evil, encoding="utf-8")
    done = check(tmp_path, "a,b:c.md", "--format", "github")
    assert done.stdout.splitlines() == [
        f"::error file=a%2Cb%3Ac.md,line=5::3003 Forbidden {MISSING}",
        f"::error file=a%2Cb%3Ac.md,line=5::3008 Timeout {MISSING}",
        (
            "::warning file=a%2Cb%3Ac.md,line=6::3456 %250A::stop-commands::x\\u202e "
            "is documented and not registered"
        ),
    ]


OURS = 'code,name\n3000,unauthorized\n3003,"Session ""x"" expired"\n3008,\n3500,Ours\n'


def test_a_list_of_codes_in_use_has_conflicts_with_file_and_line_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text(OURS, encoding="utf-8")
    done = check(tmp_path, "ours.csv", "--in-use")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        (
            'ours.csv:3: 3003 is registered as Forbidden, and in use as "Session "x" expired"; '
            "choose another code"
        ),
        "ours.csv:4: 3008 is registered as Timeout, and in use; choose another code",
        "1 list checked, 2 conflicts (registry as of 2026-06-10, 3000-3999)",
    ]
    github = check(tmp_path, "ours.csv", "--in-use", "--format", "github").stdout.splitlines()
    assert github[1] == (
        "::error file=ours.csv,line=4::3008 is registered as Timeout, and in use; choose another code"
    )
    fine = check(tmp_path, "ours.csv", "--in-use", "--ignore", "3003", "--ignore", "3008", "--format", "json")
    assert fine.returncode == 0
    (listed,) = json.loads(fine.stdout)["files"]
    assert (listed["conflicts"], listed["missing"], listed["unregistered"]) == ([], [], [])
    assert [(f["code"], f["line"], f["used_as"]) for f in listed["ignored"]] == [
        (3003, 3, 'Session "x" expired'),
        (3008, 4, ""),
    ]


def test_a_page_without_a_table_is_an_error_only_when_it_is_the_only_one(pages: Path) -> None:
    assert check(pages, "prose.md", "complete.md").returncode == 0
    alone = check(pages, "prose.md")
    assert alone.returncode == 65
    assert alone.stderr.startswith("ianawatch: prose.md: no table of values found")
    assert len(alone.stderr.splitlines()) == 1


def test_as_a_hook_it_passes_over_whatever_has_no_table_and_stops_what_lacks_a_code(pages: Path) -> None:
    """As pre-commit runs it: the entry of the hook, and the files that were changed."""
    hooks = (Path(__file__).resolve().parents[1] / ".pre-commit-hooks.yaml").read_text("utf-8")
    (entry,) = re.findall(r"^  entry: ianawatch check (.*)$", hooks, re.MULTILINE)
    for changed, code in (
        (["prose.md"], 0),
        (["prose.md", "complete.md"], 0),
        (["lacking.md"], 1),
        (["prose.md", "lacking.md"], 1),
    ):
        done = check(pages, *entry.split(), *changed)
        assert (done.returncode, done.stderr) == (code, "")
    (pages / "two.md").write_text(COMPLETE + "\n" + COMPLETE, encoding="utf-8")
    done = check(pages, *entry.split(), "two.md")
    assert (done.returncode, done.stderr.count("\n")) == (65, 1)


def test_no_secret_of_a_url_is_shown(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        server.put("/page.md?token=hush", LACKING.encode())
        server.put("/none.md?token=hush", PROSE.encode())
        for name, code in (("page", 1), ("none", 65), ("absent", 75)):
            url = server.url(f"/{name}.md?token=hush").replace("//", "//me:hush@")
            for output in ("text", "json", "github"):
                done = check(tmp_path, url, "--format", output)
                assert done.returncode == code
                assert "hush" not in done.stdout + done.stderr
                assert f"{name}.md" in done.stdout + done.stderr


def test_a_page_that_is_not_there_stops_no_other(pages: Path) -> None:
    done = check(pages, "absent.md", "lacking.md")
    assert done.returncode == 75
    assert "absent.md: can't be read" in done.stderr
    assert "3003 Forbidden" in done.stdout


def test_another_registry_and_another_range(pages: Path) -> None:
    body = document(
        [row("1000", "Normal Closure"), row("1001", "Going Away"), row("1002-4999", "Unassigned")]
    )
    (pages / "registry.xml").write_bytes(body)
    done = check(pages, "complete.md", "--source", "registry.xml", "--range", "1000-1999")
    assert done.returncode == 1
    assert "1001 Going Away is registered and not documented" in done.stdout


def test_a_record_of_the_registry_that_can_not_be_used_is_told(pages: Path) -> None:
    (pages / "registry.xml").write_bytes(document([row("1000", "Normal Closure"), row("30xx", "Whatever")]))
    done = check(pages, "complete.md", "--source", "registry.xml")
    assert done.returncode == 0
    assert done.stderr == (
        "ianawatch: registry.xml: a record is left out, its value can't be read: 30xx Whatever rfc6455\n"
    )


def test_a_page_may_be_named_by_its_short_name(pages: Path) -> None:
    done = check(pages, "bundled", "prose.md")
    assert (done.returncode, done.stderr) == (1, "")
    assert re.findall(r"^bundled:\d+: (\d+) ", done.stdout, re.MULTILINE) == ["3000", "3003", "3008"]


@pytest.mark.parametrize(
    ("args", "right"),
    [
        (["complete.md", "--ignore", "abc"], "a code is a number from 0 to 65535"),
        (["complete.md", "--range", "3999-3000"], "3000-3999 would do"),
        (["mdn:xx"], "there is mdn, mdn:de,"),
        ([], "Missing argument 'FILE|URL...'"),
    ],
)
def test_wrong_arguments_say_what_would_be_right(args: list[str], right: str, pages: Path) -> None:
    done = check(pages, *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert right in done.stderr
    assert done.stderr.count("\n") == 1


def test_nothing_is_left_behind(pages: Path) -> None:
    before = sorted(path.name for path in pages.iterdir())
    check(pages, "complete.md")
    assert sorted(path.name for path in pages.iterdir()) == before


def test_the_real_page_lacks_the_three_registered_codes(shared: Path, tmp_path: Path) -> None:
    done = check(tmp_path, str(shared / "documented-tables" / "mdn-ja-2022.md"), "--format", "json")
    (page,) = json.loads(done.stdout)["files"]
    assert [finding["code"] for finding in page["missing"]] == [3000, 3003, 3008]
    assert page["unregistered"] == []

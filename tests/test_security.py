"""What SECURITY.md promises of the program's own code and files.

ruff's rules S (flake8-bandit) are all on for `sync`, `db` and `migrations`: S102 exec, S301 pickle, S302
marshal, S306 mktemp, S307 eval, S506 yaml.load, S602 to S605 a shell, S608 SQL made of strings, among others.
What they leave open is looked for here: S608 knows queries only, and a `noqa` switches any of them off. That
the lock files have hashes is held by `test_repository`.
"""

from __future__ import annotations

import ast
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from builders import row
from program import Program

from sync.errors import Exit

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path for folder in ("sync", "db", "migrations") for path in (ROOT / folder).rglob("*.py"))
SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")

FORBIDDEN_MODULES = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "yaml",
    "xml",
    "xmlrpc",
    "telnetlib",
    "ftplib",
}
"""Readers that run what they read, or that open entities, and protocols in the clear."""
FORBIDDEN_CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "tempfile.mktemp",
    "subprocess.getoutput", "subprocess.getstatusoutput",
}  # fmt: skip
SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|SET|ATTACH|WITH|VACUUM|BEGIN)\s[\w(*]"
)
XML_ALLOWED = {"xml.sax.saxutils"}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def found(what: str, path: Path, node: ast.expr | ast.stmt) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}: {what}"


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    """The program, as Python reads it."""
    return {path: ast.parse(path.read_text("utf-8")) for path in MODULES}


# -- the code ------------------------------------------------------------------------------------------


def test_nothing_is_run_by_a_shell_or_made_of_text(trees: dict[Path, ast.Module]) -> None:
    places = [
        found(ast.unparse(call.func), path, call)
        for path, tree in trees.items()
        for call in calls(tree)
        if (ast.unparse(call.func) in FORBIDDEN_CALLS or any(word.arg == "shell" for word in call.keywords))
    ]
    assert places == []


def test_a_command_is_a_list_of_arguments(trees: dict[Path, ast.Module]) -> None:
    starts = re.compile(r"(subprocess\.)?(Popen|run|call|check_call|check_output)")
    arguments = [
        (found(ast.unparse(call), path, call), call.args[0])
        for path, tree in trees.items()
        for call in calls(tree)
        if starts.fullmatch(ast.unparse(call.func)) and call.args and "subprocess" in ast.unparse(tree)
    ]
    assert len(arguments) >= 4
    text = (ast.JoinedStr, ast.Constant, ast.BinOp)
    assert [place for place, argument in arguments if isinstance(argument, text)] == []


def test_nothing_is_read_by_what_runs_it(trees: dict[Path, ast.Module]) -> None:
    places = []
    for path, tree in trees.items():
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=names):
                    modules = [alias.name for alias in names]
                case ast.ImportFrom(module=str(module)):
                    modules = [module]
                case _:
                    continue
            places += [
                found(module, path, node)
                for module in modules
                if module.split(".")[0] in FORBIDDEN_MODULES and module not in XML_ALLOWED
            ]
    assert places == []


def test_no_value_is_written_into_sql(trees: dict[Path, ast.Module]) -> None:
    """An f-string that is SQL holds constants of ours, written in capitals; all else is a bound parameter."""
    places, seen = [], 0
    for path, tree in trees.items():
        for node in ast.walk(tree):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(begins)), *_] as values) if SQL.match(
                    begins
                ):
                    put_in = [value.value for value in values if isinstance(value, ast.FormattedValue)]
                case ast.BinOp(left=ast.Constant(value=str(begins)), right=right) if SQL.match(begins):
                    put_in = [right]
                case ast.Call(func=ast.Attribute(ast.Constant(str(begins)), "format")) if SQL.match(begins):
                    put_in = [*node.args, *(word.value for word in node.keywords)]
                case _:
                    continue
            seen += 1
            places += [found(ast.unparse(one), path, node) for one in put_in if not is_ours(one)]
    assert seen
    assert places == []


def is_ours(node: ast.expr) -> bool:
    """Whether it is a constant of ours, or one of two."""
    if isinstance(node, ast.IfExp):
        return is_ours(node.body) and is_ours(node.orelse)
    return isinstance(node, ast.Constant) or ast.unparse(node).isupper()


# -- the files -----------------------------------------------------------------------------------------


@contextmanager
def no_umask() -> Iterator[None]:
    """The rights of a file are those that the program gave it."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def rights(folder: Path) -> dict[str, str]:
    """What may be done with each file and folder, and by whom."""
    return {str(path.relative_to(folder)): stat.filemode(path.stat().st_mode) for path in folder.rglob("*")}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path / "home")
    program.serve([row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")])
    return program


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    """With a home in it that nobody has used yet."""
    (tmp_path / "home").mkdir()
    return tmp_path


def test_every_file_is_its_owners_alone_but_what_is_for_the_public(program: Program, tmp_path: Path) -> None:
    made, public = tmp_path / "made", tmp_path / "public"
    public.mkdir()
    database, home = made / "deeper" / "ianawatch.db", {"XDG_CONFIG_HOME": str(made / "config")}
    env = {**home, "IANAWATCH_DATABASE": str(database), "IANAWATCH_ATOM": str(public / "feed.atom")}
    backup = str(made / "deeper" / "backup.db")
    with no_umask():
        for args in (
            ["sync", *program.sources()],
            ["database", "backup", backup],
            ["config", "init"],
            *(["export", output, "-o", str(public / output)] for output in ("atom", "html", "csv", "json")),
        ):
            answer = program.here(*args, env=env)
            assert (answer.exit_code, answer.err) == (Exit.DONE, ""), args
    private = rights(made)
    assert {path.rpartition(".")[2] for path in private} >= {"db", "toml"}
    assert {mode for mode in private.values() if mode.startswith("-")} == {"-rw-------"}
    holding = {str(Path(path).parent) for path, mode in private.items() if mode.startswith("-")}
    assert {private[folder] for folder in holding} == {"drwx------"}
    assert set(rights(public).values()) == {"-rw-r--r--"}
    assert len(rights(public)) == 5


def test_the_journal_of_a_transaction_is_its_owners_alone(program: Program) -> None:
    with no_umask():
        assert program.here("sync", *program.sources()).exit_code == Exit.DONE
        with closing(sqlite3.connect(program.database)) as connection:
            connection.execute("UPDATE run SET count = 2")
            journal = program.database.with_name(f"{program.database.name}-journal")
            assert stat.filemode(journal.stat().st_mode) == "-rw-------"


def test_a_secret_in_a_url_is_nowhere_to_be_seen(program: Program) -> None:
    secret = "s3cret-t0ken"  # noqa: S105  # a made-up one
    url = f"http://user:{secret}@127.0.0.1:9/{'registry.xml'}?key={secret}#{secret}"
    answers = [program.here("sync", "--source", url) for _ in range(3)]
    answers += [program.here("status"), program.here("alerts", "list")]
    assert [answer for answer in answers if secret in answer.out + answer.err] == []
    assert secret not in "\n".join(program.dump())


# -- the promises --------------------------------------------------------------------------------------


def test_security_md_says_how_to_report_and_makes_up_no_address() -> None:
    assert "private security advisory" in SECURITY
    assert "@" not in re.sub(r"`[^`]*`", "", SECURITY)


def test_each_file_that_security_md_names_is_there() -> None:
    named = re.findall(r"`((?:sync|db|tests|docs)/[\w./]+|[\w-]+\.(?:lock|toml|md))`", SECURITY)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []

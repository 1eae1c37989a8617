"""The command line: global options, exit codes, signals. What a command does stands in `commands/`.

A command's module is imported when the command is run, so that `--help` and each command pay only for what
they need; that is why the names and one-line helps stand here.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from sync.errors import Exit, IanawatchError
from sync.signals import Terminated, heard

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "sync": "Fetch the registry, store it, compare it, and send what is new.",
    "list": "List the registry's codes, now or at a date.",
    "show": "Tell everything about one code.",
    "diff": "Compare the registry with the documented table.",
    "history": "Tell what happened to registrations.",
    "check": "Check pages that document the codes, without a database.",
    "backfill": "Add past versions of the document.",
    "quarantine": "List what is held back for a person; look at it; accept it.",
    "flags": "List the undocumented codes; ignore one, with a reason.",
    "alerts": "List alerts and whether they arrived; send again; try the channels.",
    "status": "Say whether all is well, for a person or a monitor.",
    "export": "Publish the registry: a web page, a feed, CSV or JSON.",
    "watch": "List the watched registries; add one of IANA's, look at it, remove it.",
    "database": "Find, upgrade, back up and check the database.",
    "config": "Write a configuration file; show what is in force; check it.",
    "setup": "Have cron or systemd run the sync; complete commands in a shell.",
}
"""The commands in the order of the help; each is `commands/NAME.py` with a click command `command`."""


class Commands(click.Group):
    """Commands that are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"sync.commands.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)  # noqa: S101  # each module of the package has one
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the near one for a name that is no command."""
        if args and args[0] not in COMMANDS and not (args[0].startswith("-") or ctx.resilient_parsing):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """Read the arguments, among them those that print something and are done, such as `--help`."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except BrokenPipeError:
            from sync.program import forget_output

            forget_output()
            raise click.exceptions.Exit(Exit.DONE) from None

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; an expected error becomes one line and its exit code."""
        try:
            return super().invoke(ctx)
        except IanawatchError as e:
            _say_error(str(e), ctx)
            return e.exit_code
        except click.UsageError as e:
            # Some of click's errors don't say in which command they arose.
            e.ctx = e.ctx or ctx
            raise
        except BrokenPipeError:
            from sync.program import forget_output

            # The reader went away (`ianawatch list | head`): no error.
            forget_output()
            return Exit.DONE

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name from the table above, without importing anything; or an option."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=says) for name, says in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table above, without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--database", metavar="FILE|URL", help="The database; by default in the user's data folder.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration file; by default in the user's configuration folder.",
)
@click.option("--log-format", type=click.Choice(["text", "json"]), help="How errors are written to stderr.")
@click.version_option(package_name="ianawatch", prog_name="ianawatch")
@click.pass_context
def cli(ctx: click.Context, database: str | None, config: Path | None, log_format: str | None) -> None:
    """Watch IANA's WebSocket close codes: which are newly registered, and which does the documented
    table not list?

    Run `ianawatch sync` once, then from cron. Everything else answers from the local database.
    """  # noqa: D205  # click shows the text as it stands
    from sync.program import Program

    clock: Callable[[], datetime] = ctx.obj
    ctx.obj = program = Program.start(clock, database, config, log_format)
    # `config` is what shows all that is wrong.
    if program.problems and ctx.invoked_subcommand != "config":
        raise program.problems[0]


def utc_now() -> datetime:
    """Now, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def main(args: Sequence[str] | None = None, clock: Callable[[], datetime] = utc_now) -> NoReturn:
    """Run the program and exit; `args` are those of the command line by default, `clock` gives UTC."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What its encoding lacks is spelled out, as on stderr.
        sys.stdout.reconfigure(errors="backslashreplace")
    with heard():
        sys.exit(_run(args, clock))


def _run(args: Sequence[str] | None, clock: Callable[[], datetime]) -> int:
    try:
        result = cli.main(args, prog_name="ianawatch", obj=clock, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as e:
        e.show()
        return Exit.USAGE
    except click.ClickException as e:
        _say_error(_usage(e), getattr(e, "ctx", None))
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except Terminated:
        return Exit.TERMINATED
    return result if isinstance(result, int) else Exit.DONE


def _usage(error: click.ClickException) -> str:
    """What is wrong with the command line, on one line, and where to read how it goes."""
    message = " ".join(error.format_message().split())
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return message
    name = getattr(error, "option_name", None)
    if error.ctx.parent and any(name in parameter.opts for parameter in cli.params):
        message = f"{name} stands before the command: ianawatch {name} ... {error.ctx.info_name}."
    path = " ".join(filter(None, (error.ctx.command_path, error.ctx.invoked_subcommand)))
    stop = "" if message.endswith((".", "?")) else "."
    return f"{message}{stop} See `{path} --help`."


def _say_error(text: str, ctx: click.Context | None) -> None:
    """One line on stderr, in the format that is known so far: an error may come before the settings."""
    from sync.program import Program, say_error

    root = ctx.find_root() if ctx else None
    known = root.obj.settings.log_format if root and isinstance(root.obj, Program) else None
    typed = root.params.get("log_format") if root else None
    say_error(text, known or typed)

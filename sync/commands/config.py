"""`ianawatch config`: the configuration file, written, shown and checked."""

from __future__ import annotations

import click

from sync.commands.config_file import config_path, write_text
from sync.commands.options import ONE, format_option, show_rows
from sync.errors import Exit, UsageProblem
from sync.program import Program


@click.group()
def command() -> None:
    """Write a configuration file; show what is in force; check it."""


@command.command(short_help="Write a file that has every setting, commented out.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--stdout", is_flag=True, help="Print it instead.")
@click.pass_obj
def init(program: Program, *, force: bool, stdout: bool) -> None:
    """Write a file that has every setting, commented out; nobody else can read it.

    It goes to where `ianawatch` looks for it, or to the file that --config names before the command.
    """
    from sync.escape import shown
    from sync.settings.template import template
    from sync.show import terminal

    if stdout:
        terminal.write(template().removesuffix("\n"))
        return
    path = config_path(program)
    if path.exists() and not force:
        raise UsageProblem(f"{path}: there is a configuration already; --force writes over it")
    write_text(path, template())
    terminal.write(
        shown(f"{path}: every setting is in it, commented out; edit it, then `ianawatch config check`")
    )


@command.command(short_help="Show every setting in force and where it came from.")
@format_option(ONE)
@click.pass_obj
def show(program: Program, *, output: str) -> int:
    """Show every setting in force and where it came from; secrets are masked.

    Exit codes: 0, or 78 when something in the settings can't be used.
    """
    from sync.settings.effective import COLUMNS, SettingRow, effective
    from sync.settings.model import Origin

    path = config_path(program)
    origin = Origin.COMMAND_LINE if program.config else Origin.DEFAULT
    there = "" if path.is_file() else ", where there is none"
    rows = [SettingRow("config", str(path), f"{origin}{there}"), *effective(program.settings, program.where)]
    show_rows(rows, ("key", "value", "origin"), COLUMNS, output, closing="", nothing="")
    for problem in program.problems:
        program.say_error(str(problem))
    return Exit.CONFIGURATION if program.problems else Exit.DONE


@command.command(short_help="Say everything that is wrong with the settings.")
@click.pass_obj
def check(program: Program) -> int:
    """Say everything that is wrong with the settings; the network is not used.

    Exit codes: 0 when they can be used, 78 when not.
    """
    # Imported here: the channels' libraries would slow down every other command.
    from sync.escape import shown
    from sync.setup.inspection import inspect
    from sync.show import terminal

    findings = list(inspect(program.settings, program.watch))
    problems = [*map(str, program.problems), *(finding.text for finding in findings if finding.serious)]
    for problem in problems:
        program.say_error(problem)
    for finding in findings:
        if not finding.serious:
            program.say_error(f"warning: {finding.text}", level="warning")
    if problems:
        return Exit.CONFIGURATION
    path = config_path(program)
    there = "is fine" if path.is_file() else "there is none, and what holds without it is fine"
    terminal.write(shown(f"{path}: {there}"))
    return Exit.DONE

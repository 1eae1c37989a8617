"""`ianawatch setup`: what runs the sync by itself, and what completes commands in a shell."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.errors import UsageProblem
from sync.program import Program

if TYPE_CHECKING:
    from sync.setup.systemd_units import Service

_SHELLS = ("bash", "zsh", "fish")
_install = click.option("--install", is_flag=True, help="Put it in place instead of printing it.")


@click.group()
def command() -> None:
    """Have cron or systemd run the sync; complete commands in a shell.

    What is set up uses the database and the configuration that this command would use.
    """


@command.command(short_help="Print the line for your crontab, or put it there.")
@_install
@click.pass_obj
def cron(program: Program, *, install: bool) -> None:
    """Print the line for the crontab, or with --install add it to yours; a further time changes nothing.

    Its minute is different on every machine. cron mails what the sync prints: what is new or wrong.
    """
    from sync.setup import machine
    from sync.setup.cron_line import cron_line, minute_of, placed
    from sync.setup.job import job
    from sync.setup.user_crontab import read_crontab, write_crontab

    line = cron_line(job(program.settings, program.config), minute_of(machine.identity()))
    if not install:
        program.say(line)
    else:
        before = read_crontab()
        after = placed(before, line)
        if after.text != before:
            write_crontab(after.text)
        whose = f"the crontab of {machine.user_name()}"
        program.say(f"{whose} {'has' if after.text != before else 'had'} the line", line)
        for old in after.replaced:
            if old != line:
                program.say("instead of", old)
        for other in after.others:
            program.say_error(
                f"warning: another line there runs the sync too; take it out with crontab -e: {other}",
                level="warning",
            )
    _tell_unknown(program, "cron", "write lines NAME=value above it (crontab -e)")
    if not program.settings.channels and not machine.can_mail():
        _warn(program, f"no sendmail is here for cron to mail with; {_A_CHANNEL}")


@command.command(short_help="Print a service and its timer, or put them in place.")
@_install
@click.pass_obj
def systemd(program: Program, *, install: bool) -> None:
    """Print a hardened service and its timer, or with --install write them, and say how they are started.

    Root gets units of the system, anybody else units of their own. Nothing is started.
    """
    from sync.setup import machine
    from sync.setup.job import job
    from sync.setup.systemd_service import service_here, units

    root = machine.is_root()
    service = service_here(job(program.settings, program.config), program.settings, root=root)
    texts = units(service)
    if install:
        _write_units(program, texts)
        program.say("now run", *_next_commands(service))
    else:
        program.say(*(line for path, text in texts.items() for line in (f"# {path}", *text.splitlines(), "")))
    _tell_unknown(program, "systemd", "set them with systemctl edit: [Service] Environment=NAME=value")
    if not program.settings.channels:
        _warn(program, f"what is new will be in the journal only; {_A_CHANNEL}")


@command.command(short_help="Print the script that completes commands in a shell.")
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def completion(ctx: click.Context, *, shell: str | None) -> None:
    """Print the script that completes commands and options in your shell, or in SHELL.

    For bash: ianawatch setup completion bash > ~/.local/share/bash-completion/completions/ianawatch
    """
    from click.shell_completion import get_completion_class

    from sync.setup.job import NAME
    from sync.show import terminal

    shell = shell or Path(os.environ.get("SHELL", "")).name
    complete = get_completion_class(shell) if shell in _SHELLS else None
    if complete is None:
        raise UsageProblem(f"name a shell: ianawatch setup completion {'|'.join(_SHELLS)}")
    script = complete(ctx.find_root().command, {}, NAME, f"_{NAME.upper()}_COMPLETE")
    terminal.write(script.source().strip("\n"))


_A_CHANNEL = "for mail or chat add a channel: `ianawatch config init`"


def _warn(program: Program, text: str) -> None:
    program.say_error(f"warning: {text}", level="warning")


def _tell_unknown(program: Program, starter: str, remedy: str) -> None:
    from sync.setup.job import unknown_to_it

    ours, others = unknown_to_it(program.settings)
    for names, what_to_do in ((ours, "write them into the configuration file"), (others, remedy)):
        if names:
            _warn(program, f"set here and not for {starter}: {', '.join(names)}; {what_to_do}")


def _write_units(program: Program, texts: dict[Path, str]) -> None:
    import shutil

    from sync.errors import CannotCreateFile, WrongConfiguration
    from sync.export.in_place import put_in_place
    from sync.setup.systemd_service import refuse_foreign

    if shutil.which("systemctl") is None:
        raise WrongConfiguration("there is no systemd on this machine; let cron do it: ianawatch setup cron")
    for path in texts:
        refuse_foreign(path)
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise CannotCreateFile(
                f"{path.parent}: the folder can't be made: {e.strerror}; check the rights on what it is in"
            ) from e
        program.say(f"{path}: {'written' if put_in_place(path, text.encode()) else 'is as it should be'}")


def _next_commands(service: Service) -> list[str]:
    from sync.setup.job import NAME
    from sync.setup.systemd_service import STATE_DATABASE
    from sync.setup.systemd_units import RunsAs

    systemctl = "systemctl --user" if service.runs_as is RunsAs.USER else "systemctl"
    commands = [
        f"{systemctl} daemon-reload",
        f"{systemctl} enable --now {NAME}.timer",
        f"{systemctl} start {NAME}",
    ]
    if service.runs_as is RunsAs.USER:
        commands.append("loginctl enable-linger   # it shall run while you are not logged in")
    if service.runs_as is RunsAs.DYNAMIC and service.job.database == STATE_DATABASE:
        commands.append(f"{NAME} --database {STATE_DATABASE} status   # it has a database of its own")
    return [f"  {one}" for one in commands]

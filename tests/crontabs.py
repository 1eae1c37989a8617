"""A `crontab` command whose crontab is a file of the test's own: nobody's real one is ever touched."""

from __future__ import annotations

from pathlib import Path

_COMMAND = """#!/bin/sh
case "$1" in
  -l) [ -f "{table}" ] || {{ echo "no crontab for tester" >&2; exit 1; }}; cat "{table}" ;;
  -) cat > "{table}.new" && mv "{table}.new" "{table}" ;;
  *) exit 2 ;;
esac
"""
_REFUSES = """#!/bin/sh
echo "You (tester) are not allowed to use this program (crontab)" >&2
exit 1
"""


class Crontab:
    """The command in a folder of its own, which belongs into PATH."""

    def __init__(self, folder: Path, *, refuses: bool = False) -> None:
        self.table = folder / "table"
        self.bin = folder / "crontab-bin"
        self.bin.mkdir()
        command = self.bin / "crontab"
        command.write_text(_REFUSES if refuses else _COMMAND.format(table=self.table), "utf-8")
        command.chmod(0o755)

    @property
    def path(self) -> dict[str, str]:
        """The environment in which it is found, and beside it what a shell needs."""
        return {"PATH": f"{self.bin}:/usr/bin:/bin"}

"""Runs a command to its end; prints its exit status, CPU seconds, and bytes resident at the most.

Its arguments: COMMAND... A process of its own, as small as can be: Linux counts to the memory of a process
what its parent held when it was started, and who measures may hold more than what is measured.
"""

from __future__ import annotations

import os
import sys

nowhere = os.open(os.devnull, os.O_WRONLY)
actions = [(os.POSIX_SPAWN_DUP2, nowhere, 1)]
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
_, status, usage = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)

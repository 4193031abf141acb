"""The processes of a served installation, found in /proc by their parents, and their sudden end."""

import os
import signal
from contextlib import suppress
from pathlib import Path


def children(parent: int) -> list[int]:
    """Give the processes that this one started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            # After the name in parentheses: the state and the parent.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def masters(server: int) -> list[int]:
    """Give gunicorn's own process, the parent of those that answer."""
    return [pid for pid in children(server) if name(pid) == "pages"]


def answering(server: int) -> list[int]:
    """Give the processes that answer requests."""
    return [pid for master in masters(server) for pid in children(master)]


def working(server: int) -> list[int]:
    """Give the process of the worker."""
    return [pid for pid in children(server) if name(pid) == "worker"]


def kill(processes: list[int]) -> None:
    """End them without a word."""
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def name(pid: int) -> str:
    """Give what a process is called in lists of processes; nothing when it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    return ""

"""What a service uses by the operating system's own accounting: CPU and memory."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_GONE = (FileNotFoundError, ProcessLookupError)


def tree(root: int) -> set[int]:
    """Give a process and all that it began, with what those began."""
    parents = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            with suppress(*_GONE):
                fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
    found, left = set(), [root]
    while left:
        one = left.pop()
        found.add(one)
        left += [child for child, parent in parents.items() if parent == one]
    return found


def cpu(process: int) -> float:
    """Give the seconds of CPU that all threads of a process have used; 0 when it has ended."""
    total = 0.0
    try:
        for task in (PROC / str(process) / "task").iterdir():
            with suppress(*_GONE):
                total += int((task / "schedstat").read_text().split()[0]) / 1e9
        if total:
            return total
        # A kernel that does not count that finely.
        fields = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
    except _GONE:
        return total
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory(processes: Iterable[int]) -> list[float]:
    """Give the megabytes of each process, with its share of what is common (PSS); most first."""
    found = []
    for process in processes:
        with suppress(*_GONE):
            for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    found.append(int(line.split()[1]) / 1024)
    return sorted(found, reverse=True)


@dataclass(frozen=True)
class Used:
    """Seconds of CPU: of the service itself, and of the database's own processes."""

    service: float
    database: float

    @property
    def whole(self) -> float:
        """Both together."""
        return self.service + self.database


class Meter:
    """Reads what a service and its database have used, apart from whoever measures."""

    def __init__(self, service: int, database: int = 0, without: Iterable[int] = ()) -> None:
        """Measure the trees of two processes. database: 0 where it is embedded.

        without: processes of the database that serve whoever measures.
        """
        self._service, self._database, self._without = service, database, set(without)
        self._before: tuple[dict[int, float], dict[int, float]] = ({}, {})
        self.begin()

    def begin(self) -> None:
        """Count from here."""
        self._before = (self._read(self._service), self._read(self._database))

    def used(self) -> Used:
        """Give what was used since then; what a process that ended meanwhile used is lost."""
        spent = [
            sum(max(0.0, now - before.get(process, 0.0)) for process, now in reading.items())
            for before, reading in zip(
                self._before, (self._read(self._service), self._read(self._database)), strict=True
            )
        ]
        return Used(*spent)

    def memory(self) -> tuple[list[float], list[float]]:
        """Give the megabytes of the service's processes and those of the database's."""
        database = tree(self._database) if self._database else set()
        return memory(tree(self._service)), memory(database)

    def _read(self, root: int) -> dict[int, float]:
        if not root:
            return {}
        return {process: cpu(process) for process in tree(root) - self._without}

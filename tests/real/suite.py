"""Runs the whole suite on SQLite and on PostgreSQL, and says how many tests passed on each.

Where only a few failed, these are tried once more with nothing beside them. What passes then is
named as unsteady: it hangs on the moment, and wants to be made steady.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

RUNS = (("SQLite", "sqlite", []), ("PostgreSQL", "postgresql", ["-m", "not once"]))
# Passed, failed, misused, nothing chosen: after anything else somebody wants the suite to stop.
ENDINGS = (0, 1, 4, 5)
FAILED = 1
MOST_TRIED_AGAIN = 5
# Asked to end at the first failure, it has not seen the rest.
ENDED_EARLY = ("-x", "--exitfirst", "--maxfail")


def main(arguments: list[str]) -> int:
    """Run both; further arguments go to pytest. WORKERS=0 runs everything in one process."""
    lines, failed = [], False
    for title, kind, chosen in RUNS:
        print(f"\n===== The suite on {title} =====\n", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            status, told = _tried(Path(folder), kind, [*chosen, *arguments])
        lines += [f"{title}: {told[0]}", *told[1:]]
        failed = failed or status != 0
        if status not in ENDINGS:
            break
    print("\n" + "\n".join(lines), flush=True)
    return int(failed)


def _tried(folder: Path, kind: str, arguments: list[str]) -> tuple[int, list[str]]:
    """Run pytest on one database, and a few failures once more; gives its status and what to say.

    folder: for its report and for what it keeps of failures.
    """
    workers = os.environ.get("WORKERS", "2")
    parallel = ["-n", workers, "--no-loadscope-reorder"] if workers != "0" else []
    kept = ["-o", f"cache_dir={folder / 'cache'}"]
    command = [sys.executable, "-m", "pytest", "-q", *kept, *arguments]
    report = folder / "report.xml"
    status = _run([*command, *parallel, f"--junitxml={report}"], kind)
    first = _failures(folder / "cache")
    if (
        status != FAILED
        or not 0 < len(first) <= MOST_TRIED_AGAIN
        or any(one.startswith(ENDED_EARLY) for one in arguments)
    ):
        return status, [_counted(report)]
    print(f"\n===== Once more, alone: {len(first)} that failed =====\n", flush=True)
    status = _run([*command, "--last-failed"], kind)
    unsteady = sorted(first - _failures(folder / "cache")) if status in {0, FAILED} else []
    told = [f"  unsteady, passed only the second time: {one}" for one in unsteady]
    return status, [_counted(report, len(unsteady)), *told]


def _failures(cache: Path) -> set[str]:
    """Give the tests that failed when they were last run."""
    path = cache / "v/cache/lastfailed"
    return set(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else set()


def _run(command: list[str], kind: str) -> int:
    """Run pytest on one database; a wish to stop is passed on, and its tidying up waited for."""
    # Dozens of processes are started: each would compile what the first one may not keep.
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, env={**kept, "INNOVATION_TEST_DATABASE": kind})
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _counted(report: Path, mended: int = 0) -> str:
    """Put pytest's report into words such as "412 passed, 1 failed".

    mended: how many of those that failed in it have passed since.
    """
    if not report.exists():
        return "did not run"
    suites = list(ElementTree.parse(report).iter("testsuite"))
    count = {
        word: sum(int(suite.get(word, "0")) for suite in suites)
        for word in ("tests", "failures", "errors", "skipped")
    }
    broken = count["failures"] + count["errors"] - mended
    passed = count["tests"] - broken - count["skipped"]
    parts = [f"{passed} passed"]
    parts += [f"{broken} failed"] if broken else []
    parts += [f"{count['skipped']} skipped"] if count["skipped"] else []
    return ", ".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

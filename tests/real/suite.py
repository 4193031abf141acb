"""Runs the whole suite on SQLite and on PostgreSQL, and says how many tests passed on each."""

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


def main(arguments: list[str]) -> int:
    """Run both; further arguments go to pytest. WORKERS=0 runs everything in one process."""
    workers = os.environ.get("WORKERS", "2")
    parallel = ["-n", workers, "--no-loadscope-reorder"] if workers != "0" else []
    lines, failed = [], False
    for title, kind, chosen in RUNS:
        print(f"\n===== The suite on {title} =====\n", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"]
            status = _run([*command, *parallel, *chosen, *arguments], kind)
            lines.append(f"{title}: {_counted(report)}")
        failed = failed or status != 0
        if status not in ENDINGS:
            break
    print("\n" + "\n".join(lines), flush=True)
    return int(failed)


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


def _counted(report: Path) -> str:
    """Put pytest's report into words such as "412 passed, 1 failed"."""
    if not report.exists():
        return "did not run"
    suites = list(ElementTree.parse(report).iter("testsuite"))
    count = {
        word: sum(int(suite.get(word, "0")) for suite in suites)
        for word in ("tests", "failures", "errors", "skipped")
    }
    broken = count["failures"] + count["errors"]
    passed = count["tests"] - broken - count["skipped"]
    parts = [f"{passed} passed"]
    parts += [f"{broken} failed"] if broken else []
    parts += [f"{count['skipped']} skipped"] if count["skipped"] else []
    return ", ".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A real browser: the system's Chromium or Chrome, else one that is installed for the tests."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # The journeys stay on this machine: no other name is ever looked up.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
BROWSER = frozenset({"browser", "context", "page"})
# Long enough for a machine with other work: what is right comes at once, only a failure waits.
PATIENCE_MS = 30_000
MISSING = "no Chromium or Chrome was found; `make test` tries to install one"


def required() -> bool:
    """Tell whether a missing browser is an error instead of a loud skip."""
    return os.environ.get("REQUIRE_BROWSER", "0") not in {"", "0"}


@cache
def find() -> str | None:
    """Give the path of a browser that starts, or None."""
    candidates = [shutil.which(name) for name in NAMES] + list(MAC_PATHS)
    for path in candidates:
        if path and Path(path).exists() and _works(path):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() and _works(own) else None


@contextmanager
def opened() -> Iterator[Browser]:
    """Start the browser for as long as the block runs."""
    if not find():
        raise RuntimeError(f"REQUIRE_BROWSER is set and {MISSING}")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=flags)
        try:
            yield browser
        finally:
            browser.close()


def prepare() -> str | None:
    """Find a browser or install one; gives its path, or None when neither worked."""
    found = find()
    if found:
        return found
    for steps in _ways_to_install():
        if all(_ran(step) for step in steps):
            find.cache_clear()
            if found := find():
                return found
    return None


def mark(items: list[pytest.Item]) -> None:
    """Say which tests need a browser; skip them where there is none."""
    for item in items:
        used = BROWSER.intersection(getattr(item, "fixturenames", ()))
        if used or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.browser)
            if not required() and not find():
                item.add_marker(pytest.mark.skip(reason=MISSING))


def tell_skipped(terminal: pytest.TerminalReporter) -> None:
    """Write below a run how many tests were skipped for want of a browser, if any."""
    skipped = terminal.stats.get("skipped", [])
    count = sum(MISSING in str(report.longrepr) for report in skipped)
    if count:
        terminal.section("BROWSER TESTS WERE SKIPPED", sep="!", red=True, bold=True)
        terminal.line(f"{count} tests did not run: {MISSING}.")


def _ways_to_install() -> Iterator[list[list[str]]]:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        yield [["apt-get", "update", "-qq"], install]
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


def _ran(command: list[str]) -> bool:
    print("Looking for a browser:", " ".join(command[-4:]), file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return (
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode == 0
    )


def _works(path: str) -> bool:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def main() -> int:
    """Prepare a browser before the suite, and say what came of it."""
    found = prepare()
    print(f"Browser: {found or 'none; the browser tests will be skipped'}", flush=True)
    return 1 if required() and not found else 0


if __name__ == "__main__":
    sys.exit(main())

"""In which order the tests run, which of them share a worker, and which PostgreSQL sees too."""

import pytest
from xdist.scheduler import LoadScopeScheduling

ONE_JOURNEY = "journeys/test_main_job.py"

# Who shares a served installation, or looks at the clock: group to files. All others go to
# whichever worker is free, test by test.
GROUPS = {
    "demo": (
        "journeys/test_weight.py",
        "journeys/test_kept_pages.py",
        "journeys/test_sitting.py",
    ),
    "live": (
        "journeys/test_search.py",
        "journeys/test_bad_input.py",
        "journeys/test_main_job.py",
        "journeys/test_promise.py",
        "journeys/test_guarding.py",
        "journeys/test_drafts.py",
        "journeys/test_doors.py",
        "journeys/test_notices.py",
        "journeys/test_leaving.py",
        "journeys/test_claiming.py",
        "search/test_suggestions.py",
        "real/test_fixtures.py",
        "deploy/test_front.py",
    ),
    "copies": (
        "backups/test_copies.py",
        "backups/test_moving.py",
        "backups/test_restoring.py",
        "backups/test_upgrades.py",
    ),
    "measured": ("bench/test_population.py",),
    "factor": ("journeys/test_second_factor.py",),
    "keys": ("moderation/test_keys.py",),
    "machines": ("nodes/test_machines.py",),
    "timed": ("web/test_server.py", "deploy/test_restarts.py", "search/test_faults.py"),
    "watched": ("operation/test_served.py",),
    "doctored": ("operation/test_doctor.py", "operation/test_views.py"),
}
GROUP_OF = {file: name for name, files in GROUPS.items() for file in files}
# The longest begin first, so that no worker is left alone with one of them at the end. Those that
# look at the clock come when the browsers are done.
FIRST = (
    *GROUPS["demo"],
    *GROUPS["live"],
    *GROUPS["machines"],
    "faults/test_kill.py",
    "faults/test_mail.py",
    "journeys/test_first_evening.py",
    *GROUPS["copies"],
    *GROUPS["factor"],
    *GROUPS["keys"],
    "architecture/test_access.py",
    *GROUPS["timed"],
    "security/test_crafted_texts.py",
    "security/test_every_address.py",
    "security/test_limits_of_processes.py",
    "demo/test_demo.py",
    "search/test_commands.py",
)


class Scheduling(LoadScopeScheduling):
    """Gives a group to one worker as a whole; xdist 3.8 no longer does beside pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return GROUP_OF.get(file_of(nodeid), nodeid)


def arrange(items: list[pytest.Item]) -> None:
    """Put the tests into order, and mark what PostgreSQL leaves out."""
    place = {file: number for number, file in enumerate(FIRST)}
    for item in items:
        file = file_of(item.nodeid)
        told = file.startswith("journeys/") or item.get_closest_marker("browser")
        shared = item.fixturenames if isinstance(item, pytest.Function) else ()
        if "live_server" in shared and file not in GROUP_OF:
            raise pytest.UsageError(f"{file} asks for live_server: add it to tests/real/order.py")
        if told and file != ONE_JOURNEY:
            item.add_marker(pytest.mark.once)
    items.sort(key=lambda item: place.get(file_of(item.nodeid), len(FIRST)))


def file_of(nodeid: str) -> str:
    """Give the test's file as seen from the folder of all tests."""
    return nodeid.partition("::")[0].removeprefix("tests/")

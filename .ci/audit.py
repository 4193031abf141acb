"""Asks whether the pinned libraries have known weaknesses; says so when nobody could be asked.

A weakness fails. Without a network nothing can be known: that is said, and fails nothing, since
the pins with their hashes have not changed by it. REQUIRE_AUDIT=1 makes that fail too.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).parents[1] / "requirements.txt"
SECONDS = 60


def main() -> int:
    """Give the exit status: 1 for weaknesses, 0 otherwise."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(PINS), "--disable-pip", "--no-deps"]
    try:
        done = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off", "--timeout", "10"],
            capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        found = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        print("Libraries: could not be asked (no network, or no answer); nothing is known anew.")
        return int(os.environ.get("REQUIRE_AUDIT", "0") not in {"", "0"})
    weak = [one for one in found if one.get("vulns")]
    for one in weak:
        for told in one["vulns"]:
            better = ", ".join(told.get("fix_versions", [])) or "no version yet"
            print(f"{one['name']} {one['version']}: {told['id']}, mended in {better}")
    print(f"Libraries: {len(found)} asked about, {len(weak)} with known weaknesses.")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())

"""Installs a bundle into an empty folder without any network, starts it and asks whether it lives.

A network namespace with nothing in it but the machine itself stands for a machine without internet.
Where none can be made, pip's own --no-index is all that keeps it from asking, and that is said.
"""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

ALONE = "INNOVATION_TEST_ALONE"
PORT = "8642"
SECONDS = 120


def _without_network() -> None:
    """Start this program anew where no network is; go on here when that cannot be."""
    if os.environ.get(ALONE) or not shutil.which("unshare"):
        return
    own = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    shell = ["sh", "-c", 'ip link set lo up 2>/dev/null || true; exec "$@"', "sh"]
    if subprocess.run([*own, "true"], check=False, capture_output=True).returncode == 0:
        environment = {**os.environ, ALONE: "1"}
        words = [*own, *shell, sys.executable, *sys.argv]
        os.execvpe(words[0], words, environment)  # noqa: S606


def _answers(process: subprocess.Popen[bytes], path: str, wanted: bytes) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        address = f"http://127.0.0.1:{PORT}{path}"
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            return wanted in answer.read()
        time.sleep(0.2)
    return False


def main() -> int:
    """Give the exit status: 0 when the installed service answers."""
    _without_network()
    if not os.environ.get(ALONE):
        print("No network namespace could be made here: only pip was kept from asking.")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with tarfile.open(sys.argv[1]) as tar:
            tar.extractall(folder, filter="data")
        (unpacked,) = folder.iterdir()
        to = folder / "installed"
        own = {
            "PATH": os.environ["PATH"], "HOME": made, "PYTHON": sys.executable, "PORT": PORT,
            "INNOVATION_INSTANCE": str(folder / "instance"), "DEMO": "0",
        }  # fmt: skip
        # Whatever this machine tells pip about other places does not count here.
        own["PIP_CONFIG_FILE"] = os.devnull
        installed = ["sh", str(unpacked / "install.sh"), str(to)]
        subprocess.run(installed, check=True, env=own, stdout=subprocess.DEVNULL)
        words = [str(to / ".venv/bin/flask"), "--app", "wsgi", "start"]
        process = subprocess.Popen(words, cwd=to, env=own, stdout=subprocess.DEVNULL)
        try:
            lives = _answers(process, "/healthz", b"") and _answers(process, "/ideas", b"<h1")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    print("The bundle installs without a network and serves." if lives else "It does not answer.")
    return 0 if lives else 1


if __name__ == "__main__":
    sys.exit(main())

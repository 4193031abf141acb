"""Writes what the product is made of as a bill of materials (CycloneDX 1.6, JSON).

It says what the lock says: every pinned library with its hashes, and its licence as the installed
library names it. The same lock gives the same bill.
"""

import json
import re
import sys
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.txt"
NAME = "innovaatioalusta"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# Identifiers of SPDX that libraries write in words of their own.
CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ISC License (ISCL)": "ISC",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
}


def components(lock: str) -> list[dict[str, Any]]:
    """Give every pinned library of a lock file's text, in its order."""
    found: list[dict[str, Any]] = []
    for line in lock.splitlines():
        if pin := PIN.match(line):
            name, version, only_if = pin.groups()
            purl = f"pkg:pypi/{name}@{version}"
            one: dict[str, Any] = {
                "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
                "scope": "required", "hashes": [],
            }  # fmt: skip
            if told := _licence(name):
                one["licenses"] = [told]
            if only_if:
                one["properties"] = [{"name": f"{NAME}:only-if", "value": only_if}]
            found.append(one)
        elif found:
            # The lock names each file that may be installed; the bill names them as files.
            found[-1]["hashes"] += [
                {"alg": "SHA-256", "content": one} for one in HASH.findall(line)
            ]
    return found


def _licence(name: str) -> dict[str, Any] | None:
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := told.get("License-Expression"):
        return {"expression": expression}
    classes = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or ()
               if one.startswith("License :: ")]  # fmt: skip
    known = [CLASSIFIERS[one] for one in classes if one in CLASSIFIERS]
    if known:
        return {"expression": " OR ".join(known)}
    words = (told.get("License") or "").strip().partition("\n")[0]
    return {"license": {"name": words or (classes[0] if classes else "not told")}}


def bill(lock: str, version: str, moment: str) -> dict[str, Any]:
    """Give the whole bill. version: of the product; moment: when its source was made, ISO."""
    own = f"pkg:generic/{NAME}@{version}"
    parts = components(lock)
    serial = uuid.uuid5(uuid.NAMESPACE_URL, own + lock)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": moment,
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": NAME,
                "version": version,
                "purl": own,
                "licenses": [{"license": {"id": "EUPL-1.2"}}],
            },
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": sorted(one["bom-ref"] for one in parts)}],
    }


def written(lock: str, version: str, moment: str) -> str:
    """Give the bill as the text of a file."""
    return json.dumps(bill(lock, version, moment), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written(LOCK.read_text(encoding="utf-8"), sys.argv[1], sys.argv[2]))

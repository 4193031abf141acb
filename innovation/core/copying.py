"""What the settings say about copies: where they go, when, for how long, and for whose eyes."""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from innovation.core.settings_of_operation import PREFIX, SettingsError

PUBLIC = "innovation-backup-public-"
KEY_BYTES = 32
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LONGEST_DAYS = 3_650


def copying(given: Mapping[str, str]) -> dict[str, Any]:
    """Give the settings of copies, checked. Raises SettingsError."""
    folder, at = given.get(f"{PREFIX}BACKUP_TO", ""), given.get(f"{PREFIX}BACKUP_AT", "")
    if at and not CLOCK.fullmatch(at):
        raise SettingsError(f"{PREFIX}BACKUP_AT must be a time of the day such as 03:30.")
    if at and not folder:
        raise SettingsError(f"{PREFIX}BACKUP_TO must name the folder that the copies go to.")
    if folder and not (Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise SettingsError(f"{PREFIX}BACKUP_TO must be a folder that is there and can be written.")
    days = given.get(f"{PREFIX}BACKUP_DAYS") or "30"
    if not (days.isascii() and days.isdigit()) or not 1 <= int(days) <= LONGEST_DAYS:
        raise SettingsError(
            f"{PREFIX}BACKUP_DAYS must be a number of days from 1 to {LONGEST_DAYS}."
        )
    return {
        "backup_to": str(Path(folder).absolute()) if folder else "",
        "backup_at": at,
        "backup_days": int(days),
        "backup_key": _public_key(given.get(f"{PREFIX}BACKUP_KEY", "")),
    }


def _public_key(value: str) -> str:
    """Give a public key as `flask backup key` writes it, from the setting or the file it names."""
    found = value
    if value and not value.startswith(PUBLIC):
        try:
            found = Path(value).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
    if value and not _is_key(found):
        raise SettingsError(
            f"{PREFIX}BACKUP_KEY must be the public key that flask backup key printed, "
            "or a file that holds it."
        )
    return found


def _is_key(text: str) -> bool:
    try:
        raw = base64.b64decode(text.removeprefix(PUBLIC) + "=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return False
    return text.startswith(PUBLIC) and len(raw) == KEY_BYTES

"""The application as a WSGI server and the command line find it."""

import sys

from innovation.core.config import Settings, SettingsError
from innovation.web.application import create_app

try:
    app = create_app(Settings.from_environment())
except SettingsError as problem:
    sys.exit(f"The application cannot start. {problem}")

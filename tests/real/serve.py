"""Serves like `flask serve`, which would first load the application only to find that word.

tests/web/test_server.py starts the word itself.
"""

from innovation.core.config import Settings
from innovation.web import server

if __name__ == "__main__":
    server.hand_over(Settings.from_environment(), server.listen())

"""The staircase: every feature from the ground up. Each uses only those before it."""

FEATURES = (
    "accounts",
    "programme",
    "ideas",
    "tracking",
    "votes",
    "comments",
    "routing",
    "moderation",
    "search",
    "notifications",
    "admin",
    "pages",
    "demo",
)

"""The staircase: every feature from the ground up. Each uses only those before it."""

FEATURES = (
    "accounts",
    "programme",
    "ideas",
    "tracking",
    "votes",
    "comments",
    "messages",
    "reasons",
    "routing",
    "moderation",
    "redactions",
    "diary",
    "answers",
    "experiments",
    "operating_models",
    "search",
    "notifications",
    "admin",
    "pages",
    "demo",
)

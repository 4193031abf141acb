"""The command line of comments."""

from flask.cli import AppGroup

from innovation.comments import actions, queries
from innovation.ideas.commands import add_counter_check

comments_group = AppGroup("comments", help="Comments on ideas.")
add_counter_check(
    comments_group, "public comments", queries.wrong_counters, actions.repair_counters
)

COMMANDS = (comments_group,)

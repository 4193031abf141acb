"""The command line of supports."""

from flask.cli import AppGroup

from innovation.ideas.commands import add_counter_check
from innovation.votes import actions, queries

votes_group = AppGroup("votes", help="Supports of ideas.")
add_counter_check(votes_group, "supports", queries.wrong_counters, actions.repair_counters)

COMMANDS = (votes_group,)

"""Learning from the decisions of this installation; the worker at night, or by hand."""

from datetime import timedelta
from pathlib import Path

from innovation.core import clock, transaction
from innovation.programme.queries import snapshot
from innovation.routing.decisions import decisions, newest_routing
from innovation.routing.fitting import learn
from innovation.routing.model_file import NAME, Model, write_model
from innovation.routing.suggestions import profiles_in

# Hours of the local night in which the worker learns, the last one not included.
NIGHT = range(1, 5)
# One learning a night, also when the clocks change.
LEAST_AGE_HOURS = 18


def learn_from_decisions(folder: Path) -> Model:
    """Learn anew from all decisions, and put the model in place of the one before.

    Outside any unit of work: what was read is thought over without holding the database. Raises
    VocabularyFileError, and OSError when the folder cannot be written.
    """
    with transaction.reading():
        last = newest_routing()
        decided = decisions()
        profiles = profiles_in(snapshot())
    model = learn(decided, profiles, last)
    write_model(folder / NAME, model)
    return model


def is_due(folder: Path, *, damaged: bool) -> bool:
    """Tell whether the worker should learn now: at night, or when the file is damaged."""
    if damaged:
        return True
    try:
        age = clock.now().timestamp() - (folder / NAME).stat().st_mtime
    except OSError:
        age = LEAST_AGE_HOURS * 3600
    hour = (clock.now() - clock.day_begins(clock.today())) // timedelta(hours=1)
    return hour in NIGHT and age >= LEAST_AGE_HOURS * 3600

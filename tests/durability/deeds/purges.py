"""The nightly purge: what is due goes, figures stand, and one that was cut off is gone on with."""

from datetime import timedelta
from typing import Any

from app.extensions import db
from app.kernel.actors import program
from app.retention.actions.runs import begin_purge, finish_purge
from app.retention.jobs import purge_of
from tests.durability.deeds.answers import CHECK_IN
from tests.durability.ground import Deed, Ground, Tell
from tests.durability.reckoning import rows

FIGURES = "SELECT * FROM shift_count ORDER BY branch_id, shift_on, shift"
LATER = timedelta(days=60)


def _answered(ground: Ground) -> None:
    """A morning of answers, two months ago."""
    CHECK_IN.prepare(ground)
    CHECK_IN.do(ground, lambda _: None)
    ground.keep_facts({"figures": rows(ground.settings, FIGURES), "answers": _answers(ground)})


def _answers(ground: Ground) -> int:
    count: int = rows(ground.settings, "SELECT count(*) AS n FROM check_in")[0]["n"]
    return count


def _purged(ground: Ground) -> dict[str, int]:
    with ground.park.app_context():
        db.session.remove()
        return finish_purge(begin_purge(purge_of(ground.park, program("test"))))


def _purge(ground: Ground, tell: Tell) -> None:
    ground.clock.at += LATER
    _purged(ground)
    tell({"purged": True})


def _gone_and_counted(ground: Ground, _: list[dict[str, Any]]) -> None:
    ground.clock.at += LATER
    assert rows(ground.settings, FIGURES) == ground.facts["figures"]
    assert _answers(ground) < ground.facts["answers"]
    assert _purged(ground) == {}, "something that was due had been left"


PURGE = Deed(_answered, _purge, _gone_and_counted, pause=timedelta(minutes=15))

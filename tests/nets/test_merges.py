"""Whatever names a worker is decided for a merge: it changes hands, or it stays, and why."""

import importlib

from app.extensions import Base
from app.settings import ROOT

CHANGES_HANDS = {
    "check_in.worker_id",
    "clearance.worker_id",
    "contact_point.person_id",
    "delivery.person_id",
    "duty.worker_id",
    "follow_up_case.worker_id",
    "health_state.worker_id",
    "leave.worker_id",
    "membership.worker_id",
    "planned_change.worker_id",
    "worker.merged_into_id",
}
STAYS = {
    # What somebody asked, as it was asked; the kept one's pages tell it too.
    "data_request.worker_id",
    # What somebody wrote, as it was written; the answer goes to the record that was kept.
    "feedback.worker_id",
    # A pass names one record: a merge revokes it and gives the kept one its own.
    "gate_pass.worker_id",
    # What a gate saw: the record whose pass or badge was shown.
    "gate_scan.worker_id",
    # What was followed before a merge is told by the duties; only what is to come is copied.
    "pattern_assignment.worker_id",
    # What a leader said of a badge, as it was said; the answers it gave change hands.
    "roll_mark.worker_id",
    # The merge itself, and what was said of a pair.
    "two_people.first_id",
    "two_people.second_id",
    "worker_merge.gone_id",
    "worker_merge.kept_id",
}


def test_every_column_that_names_a_worker_is_decided_for_a_merge() -> None:
    for path in (ROOT / "app").rglob("models.py"):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    named = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.target_fullname == "worker.id"
    }
    assert named == CHANGES_HANDS | STAYS

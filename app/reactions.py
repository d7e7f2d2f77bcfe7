"""What follows an event: the one table. Reactions run in the event's own transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.alerts.actions.arrivals import take_cancel, take_notice
from app.alerts.actions.hearing import hear_state
from app.bulletins.actions.arriving import take_bulletin
from app.bulletins.actions.rule_documents import take_rules
from app.cases.actions.ending import note_cleared
from app.cases.actions.following import hear_answer, hear_no_more, hear_well
from app.cases.actions.merging import join_cases
from app.cases.actions.opening import join_answer, open_for_level
from app.cases.rules.events import CaseEscalated
from app.checkins.actions.counting import drop_empty_counts
from app.checkins.actions.duties import drop_expected, replan_duties
from app.checkins.actions.merging import join_health, part_health
from app.checkins.actions.written_back import hear_word
from app.checkins.queries.answers import list_answered_shifts
from app.checkins.rules import (
    AnswersTaken,
    CheckInRecorded,
    LevelCleared,
    LevelRaised,
    WellAnswered,
)
from app.checkins.rules.roll_call import AnswersTakenBack
from app.delivery.actions.ledger import cancel_waiting, settle_answers
from app.delivery.rules.heard import MessageHeard
from app.delivery.rules.zalo_calls import ZaloTold
from app.feedback.actions.written_back import keep_said
from app.feedback.rules.notes import FeedbackPassedUp
from app.gate.actions.passes import issue_passes, revoke_passes, settle_passes
from app.gate.rules.passes import AskedPass, RevokedBecause
from app.hub.actions.hearing import hear_call
from app.hub.actions.settling import take_told
from app.hub.actions.taking import take_parcels, take_stops
from app.intake.actions.answers import answer_arrives
from app.intake.actions.arriving import case_arrives, feedback_arrives
from app.intake.actions.calls import task_arrives
from app.kernel.events import Reaction, Reactions
from app.notices.rules.arriving import FiguresTold
from app.reminders.queries.groups import is_reminded, is_unit_reminded
from app.reminders.rules.planning import answer_key
from app.sync.actions.escalations import send_up
from app.sync.actions.feedback import send_feedback_up
from app.sync.actions.notice_states import send_notice_state
from app.sync.rules import Direction, DownKind, EntryArrived, UpKind
from app.workforce.actions.planned import drop_overtaken
from app.workforce.rules.duplicates import WorkersMerged, WorkersParted
from app.workforce.rules.groups import (
    PlaceInUse,
    PlaceWithdrawn,
    WorkChanged,
    WorkEnded,
    WorkersWithdrawn,
)


def expect_anew(session: Session, event: WorkChanged, *, now: datetime) -> None:
    """Duties follow every change of when or where somebody works."""
    replan_duties(
        session,
        event.company_id,
        event.worker_ids,
        event.from_on,
        settings=session.info["settings"],
        now=now,
    )


def plan_anew(session: Session, event: WorkChanged, *, now: datetime) -> None:
    """What was planned for somebody and cannot follow on the change is planned no more."""
    drop_overtaken(session, event.company_id, event.worker_ids, now=now)


def expect_no_more(session: Session, event: WorkersWithdrawn, *, now: datetime) -> None:
    """Who was added by mistake is missing nowhere."""
    drop_expected(session, event.company_id, event.worker_ids, event.from_on, now=now)


def count_no_more(session: Session, event: PlaceWithdrawn, *, now: datetime) -> None:
    """A unit that goes takes its empty figures along; one with figures stays."""
    if event.unit_id is not None and not drop_empty_counts(session, event.unit_id):
        raise PlaceInUse


def remind_no_more(session: Session, event: PlaceWithdrawn, *, now: datetime) -> None:
    """A group or unit that a reminder goes to stays."""
    if event.group_ids and is_reminded(session, event.group_ids):
        raise PlaceInUse
    if event.unit_id is not None and is_unit_reminded(session, event.unit_id):
        raise PlaceInUse


def write_no_more(session: Session, event: WorkEnded, *, now: datetime) -> None:
    """Who has left is written to no more; what was sent stays theirs."""
    cancel_waiting(session, event.worker_ids, now=now)


def stop_reminding(session: Session, event: AnswersTaken, *, now: datetime) -> None:
    """Who has answered needs no reminder of it any more."""
    for own in (True, False):
        answered = [
            (each.worker_id, answer_key(each.shift_on, each.shift))
            for each in event.answers
            if each.own == own
        ]
        settle_answers(session, answered, by_person=own, now=now)


def stop_reminding_merged(session: Session, event: WorkersMerged, *, now: datetime) -> None:
    """Whoever answered with either record needs no reminder of it any more."""
    since = now.date() - timedelta(days=1)
    answered = [
        (event.kept_id, answer_key(on, shift))
        for on, shift in list_answered_shifts(session, event.kept_id, since)
    ]
    settle_answers(session, answered, by_person=False, now=now)


def let_in(session: Session, event: WellAnswered, *, now: datetime) -> None:
    """Who answered and is well gets a pass for that shift."""
    issue_passes(
        session,
        [
            AskedPass(
                each.worker_id,
                each.company_id,
                each.shift_on,
                each.shift,
                each.starts_at,
                each.ends_at,
            )
            for each in event.shifts
        ],
        now=now,
    )


def let_in_no_more(session: Session, event: LevelRaised, *, now: datetime) -> None:
    """A pass counts no longer than its owner is well."""
    revoke_passes(session, [event.worker_id], RevokedBecause.LEVEL, now=now)


def let_in_again(session: Session, event: LevelCleared, *, now: datetime) -> None:
    """Whoever was cleared gets a new pass; the old one stays revoked."""
    settle_passes(session, [event.worker_id], settings=session.info["settings"], now=now)


def let_in_on_own_word(session: Session, event: AnswersTakenBack, *, now: datetime) -> None:
    """A roll call that was taken back gives nobody a pass; other shifts keep theirs."""
    revoke_passes(session, event.worker_ids, RevokedBecause.UNDONE, now=now)
    settle_passes(session, event.worker_ids, settings=session.info["settings"], now=now)


def let_in_as_one(session: Session, event: WorkersMerged, *, now: datetime) -> None:
    """A pass names one record: that of the record that went is revoked."""
    revoke_passes(session, [event.gone_id], RevokedBecause.MERGED, now=now)
    settle_passes(session, [event.kept_id], settings=session.info["settings"], now=now)


def let_in_apart(session: Session, event: WorkersParted, *, now: datetime) -> None:
    """Each record has the pass that its own answers give it."""
    both = [event.kept_id, event.gone_id]
    revoke_passes(session, both, RevokedBecause.MERGED, now=now)
    settle_passes(session, both, settings=session.info["settings"], now=now)


def take_passes_back(
    session: Session, event: WorkEnded | WorkersWithdrawn, *, now: datetime
) -> None:
    """Who has left is let in no more."""
    revoke_passes(session, event.worker_ids, RevokedBecause.LEFT, now=now)


# What came over the logs: log and kind to what follows. A kind without a line is kept and shown.
ARRIVALS: Mapping[tuple[Direction, str], Reaction] = {
    (Direction.DOWN, DownKind.NOTICE): take_notice,
    (Direction.DOWN, DownKind.CANCEL): take_cancel,
    (Direction.UP, UpKind.NOTICE_STATE): hear_state,
    (Direction.UP, UpKind.ESCALATION): case_arrives,
    (Direction.UP, UpKind.FEEDBACK): feedback_arrives,
    (Direction.DOWN, DownKind.ANSWER): answer_arrives,
    (Direction.DOWN, DownKind.TASK): task_arrives,
    (Direction.DOWN, DownKind.BULLETIN): take_bulletin,
    (Direction.DOWN, DownKind.RULES): take_rules,
    (Direction.UP, UpKind.ZALO_OUT): take_parcels,
    (Direction.UP, UpKind.ZALO_STOP): take_stops,
    (Direction.DOWN, DownKind.ZALO_STATE): take_told,
}


def take_in(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """An entry of the other side is handed to the feature that its kind belongs to."""
    arrive = ARRIVALS.get((event.direction, event.kind))
    if arrive is not None:
        arrive(session, event, now=now)


REACTIONS: Reactions = {
    EntryArrived: (take_in,),
    MessageHeard: (hear_word, keep_said),
    CheckInRecorded: (join_answer, hear_answer),
    AnswersTaken: (stop_reminding,),
    WellAnswered: (let_in, hear_well),
    AnswersTakenBack: (let_in_on_own_word, hear_no_more),
    LevelRaised: (let_in_no_more, open_for_level),
    LevelCleared: (let_in_again, note_cleared),
    CaseEscalated: (send_up,),
    FeedbackPassedUp: (send_feedback_up,),
    FiguresTold: (send_notice_state,),
    ZaloTold: (hear_call,),
    WorkChanged: (plan_anew, expect_anew),
    # Cases first: a level that rises by the merge joins the case that the other record brings.
    WorkersMerged: (join_cases, join_health, stop_reminding_merged, let_in_as_one),
    WorkersParted: (part_health, let_in_apart),
    WorkEnded: (write_no_more, take_passes_back),
    WorkersWithdrawn: (expect_no_more, take_passes_back),
    PlaceWithdrawn: (remind_no_more, count_no_more),
}

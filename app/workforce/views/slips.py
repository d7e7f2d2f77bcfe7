"""PINs on paper: issued for a unit or one person, shown once on slips to cut out."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.actions.secrets import new_pin, set_pins
from app.accounts.rules import Permission, PinState, WeakPin, badge_key, branches_for, check_pin
from app.extensions import db, hash_secret
from app.kernel.refusals import NotFound
from app.web.access import access, current_actor
from app.web.transaction import transact
from app.workforce.forms.workers import SlipForm
from app.workforce.queries.units import find_unit, list_slip_people, list_unit_pins
from app.workforce.queries.workers import find_record
from app.workforce.rules.timetables import SlipsJustIssued, TooManySlips
from app.workforce.views.workers import workers_pages

MOST_SLIPS = 300
SLIPS_A_PAGE = 10
HASHING_THREADS = 2


@workers_pages.get("/pins")
@access(Permission.ISSUE_PINS)
def choose_slips() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.ISSUE_PINS)
    units = list_unit_pins(db.session(), reach)
    return render_template(
        "workforce/choose_slips.html",
        units=units,
        unit_options=[(row.unit.id, row.unit.name) for row in units if row.people <= MOST_SLIPS],
        most=MOST_SLIPS,
        now=current_app.extensions["clock"].now(),
    )


@workers_pages.post("/pins")
@access(Permission.ISSUE_PINS)
def print_slips() -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    form = SlipForm()
    path, worker_id = _asked_for(form)
    chosen, opened_at = _states(form, worker_id), _moment(form.as_of.data or "")
    people = list_slip_people(db.session(), path, chosen, worker_id)
    if len(people) > MOST_SLIPS:
        raise TooManySlips(most=MOST_SLIPS)
    pins = {person.id: fitting_pin(person.badge) for person in people}
    hashes = hash_pins(pins)

    def work(session: Session) -> set[str]:
        # Somebody may have chosen a PIN while these were made: theirs stays.
        still = list_slip_people(session, path, chosen, worker_id)
        if any(person.pin_set_at and person.pin_set_at > opened_at for person in still):
            raise SlipsJustIssued
        issued = {person.id: hashes[person.id] for person in still if person.id in hashes}
        set_pins(session, issued, actor=actor, now=now)
        return set(issued)

    issued = transact(work)
    slips = [(person, pins[person.id]) for person in people if person.id in issued]
    if not slips:
        flash(_("Không còn ai cần phiếu ở đó"))
        return redirect(url_for("workers.choose_slips"))
    return render_template(
        "workforce/print_slips.html",
        sheets=[slips[at : at + SLIPS_A_PAGE] for at in range(0, len(slips), SLIPS_A_PAGE)],
        total=len(slips),
        worker_id=worker_id,
    )


def _moment(text: str) -> datetime:
    """When the page with the button was opened."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise SlipsJustIssued from None
    if at.tzinfo is None:
        raise SlipsJustIssued
    return at


def _asked_for(form: SlipForm) -> tuple[str, str | None]:
    """The branch whose people get PINs, and the one worker when it is for one."""
    reach = branches_for(current_actor(), Permission.ISSUE_PINS)
    if form.worker.data:
        record = find_record(db.session(), form.worker.data)
        if record is None or not record.unit_path.startswith(reach):
            raise NotFound
        return record.unit_path, record.worker.id
    named = form.unit.data or ""
    unit = find_unit(db.session(), reach, int(named)) if named.isdecimal() else None
    if unit is None:
        raise NotFound
    return unit.path, None


def _states(form: SlipForm, worker_id: str | None) -> Sequence[PinState]:
    if worker_id or form.everybody.data:
        return tuple(PinState)
    return (PinState.NONE,) if form.only_new.data else (PinState.NONE, PinState.ISSUED)


def fitting_pin(badge: str) -> str:
    """A random PIN that the rules accept for this badge."""
    while True:
        try:
            return check_pin(new_pin(), f"{badge} {badge_key(badge)}")
        except WeakPin:
            continue


def hash_pins(pins: Mapping[str, str]) -> dict[str, str]:
    """The hashes of PINs by worker, made outside the writer: each takes 20 ms of one core."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def hashed(pin: str) -> str:
        with app.app_context():
            return hash_secret(pin)

    with ThreadPoolExecutor(HASHING_THREADS) as pool:
        return dict(zip(pins, pool.map(hashed, pins.values()), strict=True))

"""Cards and posters on paper: who has no card, printing them, taking a lost one out of use."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from itertools import islice

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.actions.cards import (
    NewCard,
    begin_print,
    drop_print,
    end_print,
    make_cards,
    new_card_secret,
    revoke_card,
)
from app.accounts.queries.cards import last_numbers, list_prints
from app.accounts.rules import CardEnd, CardsJustMade, Permission, branches_for
from app.extensions import db, token_digest
from app.kernel.ids import is_id, new_id
from app.kernel.refusals import BadFields, NotFound
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.filters import phone
from app.web.present import today
from app.web.transaction import transact
from app.workforce.forms.workers import CardForm, RevokeCardForm
from app.workforce.gateways.paper import CardFace, PosterFace, draw_cards, draw_poster
from app.workforce.queries.cards import CardPerson, list_card_people, list_unit_cards
from app.workforce.queries.units import Unit, find_unit
from app.workforce.queries.workers import find_record, safety_phone
from app.workforce.rules.timetables import NobodyForCards, TooManyCards
from app.workforce.views.workers import workers_pages

MOST_CARDS = 2500
CARDS_A_WORK = 100  # so that no check-in waits long behind one piece of a large printing
HERE_ONLY = ("localhost", "127.", "[::1]")


@workers_pages.get("/cards")
@access(Permission.ISSUE_PINS)
def choose_cards() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.ISSUE_PINS)
    prints = list_prints(db.session(), reach)
    return render_template(
        "workforce/choose_cards.html",
        units=list_unit_cards(db.session(), reach),
        prints=prints,
        made=next((each for each in prints if each.id == request.args.get("made")), None),
        **_page_values(),
    )


@workers_pages.get("/cards/people")
@access(Permission.ISSUE_PINS)
def choose_card_people() -> ResponseReturnValue:
    unit = _unit(request.args.get("unit", ""))
    people = list_card_people(db.session(), unit.path)
    if len(people) > MOST_CARDS:
        raise TooManyCards(most=MOST_CARDS)
    return render_template(
        "workforce/choose_card_people.html", unit=unit, people=people, **_page_values()
    )


def _page_values() -> dict[str, object]:
    now = current_app.extensions["clock"].now()
    return {
        "now": now,
        "new_key": lambda: new_id(now),
        "most": MOST_CARDS,
        "here_only": request.host.startswith(HERE_ONLY),
        "host": request.host,
    }


@workers_pages.post("/cards")
@access(Permission.ISSUE_PINS)
def print_cards() -> ResponseReturnValue:
    """Draw first, then make the cards in pieces: a drawing that fails has voided nobody's card."""
    actor, now = current_actor(), current_app.extensions["clock"].now()
    form = CardForm()
    key, opened_at = form.key.data or "", _moment(form.as_of.data or "")
    if not is_id(key):
        raise BadFields([("/key", "fields.missing")])
    people, unit = _asked_for(form)
    ids = [person.id for person in people]
    secrets = {worker_id: new_card_secret() for worker_id in ids}
    company_id = people[0].company_id

    def begin(session: Session) -> dict[str, int]:
        begin_print(session, key, company_id, unit, ids, opened_at=opened_at, actor=actor, now=now)
        return last_numbers(session, ids)

    numbers = transact(begin)
    try:
        paper = draw_cards(_title(unit), _faces(people, secrets, numbers))
    except BaseException:
        transact(lambda session: drop_print(session, key))
        raise
    new = {
        person.id: NewCard(
            numbers.get(person.id, 0) + 1, person.badge, token_digest(secrets[person.id])
        )
        for person in people
    }
    rest = iter(new.items())
    while piece := dict(islice(rest, CARDS_A_WORK)):
        transact(_making(key, piece, now))
    done_at = current_app.extensions["clock"].now()
    transact(lambda session: end_print(session, key, now=done_at))
    return _file(paper, f"the-{today():%Y%m%d}-{len(people)}.pdf")


def _making(key: str, piece: dict[str, NewCard], now: datetime) -> Callable[[Session], None]:
    actor = current_actor()
    return lambda session: make_cards(session, key, piece, actor=actor, now=now)


def _moment(text: str) -> datetime:
    """When the page with the button was opened."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CardsJustMade from None
    if at.tzinfo is None:
        raise CardsJustMade
    return at


def _asked_for(form: CardForm) -> tuple[list[CardPerson], str]:
    """The people who get cards, and what the printing is called after."""
    if form.worker.data:
        reach = branches_for(current_actor(), Permission.ISSUE_PINS)
        record = find_record(db.session(), form.worker.data)
        if record is None or not record.unit_path.startswith(reach):
            raise NotFound
        people = list_card_people(db.session(), record.unit_path, [record.worker.id])
        name = record.worker.name
    else:
        unit = _unit(form.unit.data or "")
        chosen = request.form.getlist("people") if form.which.data == "chosen" else None
        people = list_card_people(db.session(), unit.path, chosen)
        if form.which.data == "missing":
            people = [person for person in people if person.number is None]
        name = unit.name
    if not people:
        raise NobodyForCards
    if len(people) > MOST_CARDS:
        raise TooManyCards(most=MOST_CARDS)
    return people, name


def _unit(named: str) -> Unit:
    reach = branches_for(current_actor(), Permission.ISSUE_PINS)
    unit = find_unit(db.session(), reach, int(named)) if named.isdecimal() else None
    if unit is None:
        raise NotFound
    return unit


def _title(unit: str) -> str:
    with force_locale(_paper_language()):
        return str(_("Thẻ QR %(unit)s", unit=unit))


def _paper_language() -> str:
    """Paper speaks the language of the park, whatever the officer's page speaks."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.locale


def _faces(
    people: list[CardPerson], secrets: dict[str, str], numbers: dict[str, int]
) -> list[CardFace]:
    address = url_for("accounts.open_card", _external=True)
    to_call = cache(lambda unit_id: safety_phone(db.session(), unit_id))
    with force_locale(_paper_language()):
        return [
            CardFace(
                code=f"{address}#{secrets[person.id]}",
                name=person.name,
                badge=person.badge,
                company=person.company,
                unit=person.unit,
                notes=_notes(numbers.get(person.id, 0) + 1, to_call(person.unit_id)),
            )
            for person in people
        ]


def _notes(number: int, to_call: str | None) -> tuple[str, ...]:
    notes = []
    if number > 1:
        notes.append(_("Thẻ số %(number)s, thay mọi thẻ cũ", number=number))
    if to_call:
        notes.append(_("Nhặt được thẻ, gọi %(phone)s", phone=_together(phone(to_call))))
    return tuple(notes)


def _together(text: str) -> str:
    """A number that no line break falls into."""
    return text.replace(" ", "\u00a0")


@workers_pages.get("/cards/poster")
@access(Permission.ISSUE_PINS)
def print_poster() -> ResponseReturnValue:
    unit = _unit(request.args.get("unit", ""))
    return _file(draw_poster(unit.name, _poster(unit)), f"ap-phich-{unit.id}.pdf")


def _poster(unit: Unit) -> PosterFace:
    address = url_for("shells.show_check_in", _external=True)
    company = find_unit(db.session(), ["/"], unit.company_id)
    to_call = safety_phone(db.session(), unit.id)
    words = []
    for language in ("vi", "en"):
        with force_locale(language):
            words.append(
                (
                    _("Khai báo y tế trước khi vào ca"),
                    _("Quét mã bằng máy ảnh điện thoại"),
                    _("Lần đầu: nhập mã nhân viên và mã PIN"),
                    _("Chạm “Tôi khoẻ”, hoặc ghi triệu chứng"),
                )
            )
    with force_locale(_paper_language()):
        call = _("Cần giúp, gọi %(phone)s", phone=_together(phone(to_call))) if to_call else ""
    (asks, *steps), (asks_en, *steps_en) = words
    return PosterFace(
        code=address,
        address=address.partition("://")[2],
        company=company.name if company and company.id != unit.id else "",
        unit=unit.name,
        asks=asks,
        asks_en=asks_en,
        steps=tuple(zip(steps, steps_en, strict=True)),
        call=call,
    )


def _file(paper: bytes, name: str) -> Response:
    response = Response(paper, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@workers_pages.post("/<worker_id>/card/revoke")
@access(Permission.ISSUE_PINS, of="worker_id")
def revoke_worker_card(worker_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    form = RevokeCardForm()
    if not form.validate():
        raise BadFields([("/why", "fields.missing")])
    why = CardEnd(form.why.data)

    def work(session: Session) -> None:
        revoke_card(session, worker_id, why, actor=actor, now=now)

    transact(work)
    flash(_("Đã thu hồi thẻ. Ai quét thẻ đó sẽ thấy thẻ không còn dùng được."))
    return redirect(url_for("workers.show_worker", worker_id=worker_id, _anchor="card"))

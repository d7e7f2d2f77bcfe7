"""What every page of staff lists needs: the company, the way back to a list, a sheet to take."""

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.accounts.queries.branches import list_companies
from app.accounts.rules import Permission, branches_for, may
from app.extensions import db
from app.kernel.refusals import NotAllowed, NotFound
from app.web.access import current_actor, locates
from app.web.headers import XLSX
from app.workforce.queries.imports import find_import_path
from app.workforce.queries.under_way import UnderWay, list_under_way

if TYPE_CHECKING:
    from app.accounts.models import Branch

imports_pages = Blueprint("imports", __name__, url_prefix="/workers/import")
locates("import_id")(find_import_path)


@imports_pages.app_context_processor
def tell_under_way() -> dict[str, Callable[[], list[UnderWay]]]:
    """For pages that show people or count them: what is being saved while they are read."""
    return {"lists_under_way": _lists_under_way}


def _lists_under_way() -> list[UnderWay]:
    return list_under_way(db.session(), [grant.path for grant in current_actor().grants])


def companies_kept() -> "Sequence[Branch]":
    """The companies whose workers the visitor keeps; refused without any."""
    actor = current_actor()
    reach = branches_for(actor, Permission.MANAGE_WORKERS)
    found = [
        company
        for company in list_companies(db.session(), reach)
        if may(actor, Permission.MANAGE_WORKERS, company.path)
    ]
    if not found:
        raise NotAllowed
    return found


def chosen_company(companies: "Sequence[Branch]") -> "Branch":
    """The company that the address or form names, else the first; not found outside of these."""
    asked = request.values.get("company", type=int) or companies[0].id
    found = next((company for company in companies if company.id == asked), None)
    if found is None:
        raise NotFound
    return found


def as_workbook(name: str, write: Callable[[Path], None]) -> ResponseReturnValue:
    """A workbook that `write` puts at a path, to be taken under this name."""
    # Names stay inside the instance folder, also for this moment.
    with tempfile.TemporaryDirectory(dir=current_app.config["SETTINGS"].instance) as folder:
        path = Path(folder) / "list.xlsx"
        write(path)
        content = io.BytesIO(path.read_bytes())
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)


def to_list(import_id: str, view: Mapping[str, Any] | None = None) -> ResponseReturnValue:
    """To the page of a list, on the same view of it."""
    return redirect(url_for("imports.show_import", import_id=import_id, **(view or {})), 303)


def now_here() -> datetime:
    """The moment, by this node's clock."""
    now: datetime = current_app.extensions["clock"].now()
    return now

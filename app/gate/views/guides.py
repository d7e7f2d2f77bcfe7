"""One sheet each for the guard at the gate and for whoever leads a line or minds a kiosk."""

from typing import Any

import segno
from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.checkins.queries.rule_sets import advice_text
from app.web.access import public
from app.web.language import current_language

guide_pages = Blueprint("guides", __name__, url_prefix="/guides")
QR_SCALE = 5


@guide_pages.get("/gate")
@public
def show_gate_guide() -> ResponseReturnValue:
    return render_template("gate/show_gate_guide.html", **_paper("gate.show_gate"))


@guide_pages.get("/line")
@public
def show_line_guide() -> ResponseReturnValue:
    language = current_language()
    return render_template(
        "gate/show_line_guide.html",
        isolate=advice_text("isolate", language),
        emergency=advice_text("emergency", language),
        **_paper("shells.show_check_in"),
    )


def _paper(endpoint: str) -> dict[str, Any]:
    """The address of a page as everybody opens it, and its code."""
    address = url_for(endpoint, _external=True)
    code = segno.make(address, error="m", micro=False)
    return {
        "address": address,
        "code": code.svg_data_uri(scale=QR_SCALE, border=2),
        "park": current_app.config["SETTINGS"].name,
    }

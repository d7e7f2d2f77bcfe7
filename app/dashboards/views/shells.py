"""Shells of the browser: the worker's pages, and what an office machine opens without the park."""

from flask import Blueprint, Response

from app.web.access import public
from app.web.shells import shell

shell_pages = Blueprint("shells", __name__)


@shell_pages.get("/check-in")
@public
def show_check_in() -> Response:
    return shell("checkins/show_check_in.html")


@shell_pages.get("/inbox")
@public
def show_inbox() -> Response:
    return shell("delivery/show_inbox.html")


@shell_pages.get("/feedback")
@public
def show_feedback() -> Response:
    return shell("feedback/show_feedback.html")


@shell_pages.get("/my-record")
@public
def show_my_record() -> Response:
    return shell("accounts/show_my_record.html")


@shell_pages.get("/ringing")
@public
def show_ringing() -> Response:
    """Not kept by browsers: without the park nothing can be switched there."""
    return shell("delivery/show_ringing.html")


@shell_pages.get("/sign-in/offline")
@public
def show_sign_in() -> Response:
    return shell("accounts/sign_in_offline.html")


@shell_pages.get("/outbox")
@public
def show_outbox() -> Response:
    return shell("outbox/show_outbox.html")


@shell_pages.get("/today/last-known")
@public
def show_last_known() -> Response:
    return shell("dashboards/show_last_known.html")

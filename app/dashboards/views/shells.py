"""Worker pages that must open offline later: nameless, the same for everybody, no session."""

from flask import Blueprint, Response, current_app, request

from app.web.access import public

shell_pages = Blueprint("shells", __name__)


def shell(template: str) -> Response:
    """A page that holds nobody's name, token or form value; only the language is the visitor's.

    It is written without the values that pages of the office get: those ask who is signed in.
    """
    page = Response(current_app.jinja_env.get_template(template).render(), mimetype="text/html")
    page.headers["Cache-Control"] = "no-cache"
    page.vary.add("Cookie")
    page.add_etag()
    page.make_conditional(request)
    return page


@shell_pages.get("/check-in")
@public
def show_check_in() -> Response:
    return shell("checkins/show_check_in.html")


@shell_pages.get("/inbox")
@public
def show_inbox() -> Response:
    return shell("delivery/show_inbox.html")


@shell_pages.get("/my-record")
@public
def show_my_record() -> Response:
    return shell("accounts/show_my_record.html")

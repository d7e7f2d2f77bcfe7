"""Pages that open without the park: nameless, the same for everybody, kept by browsers."""

from dataclasses import dataclass

from flask import Response, current_app, request


@dataclass(frozen=True, slots=True)
class Shell:
    """A page that a browser keeps; `address` may end in a `-` that stands for any one part.

    `instead_of`: the page of the server that it takes the place of while the park is not reached.
    """

    address: str
    instead_of: str | None = None


SHELLS: tuple[Shell, ...] = (
    Shell("/check-in"),
    Shell("/inbox"),
    Shell("/my-record"),
    Shell("/kiosk"),
)


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

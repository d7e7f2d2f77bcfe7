"""Headers of every answer: nothing inline, nothing foreign, nothing framed."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
# The reader of camera pictures is WebAssembly: only pages with a camera may compile it.
CAMERA_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # Flask-WTF refuses POSTs over TLS without a referrer
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
}
# Of a sheet or a font no browser makes a page or a worker: what is said to those weighs there only.
PARTS = frozenset({"text/css", "font/woff2"})
OF_PARTS = {
    name: FIXED[name] for name in FIXED if name.startswith(("X-", "Referrer", "Cross-Origin-R"))
}
# Two nodes among themselves: no page, no browser, and every byte goes over a poor line.
BETWEEN_NODES = "/api/v1/sync/"
OF_NODES = {"X-Content-Type-Options": "nosniff"}
NOTHING = 204  # the answer that a park without news hears dozens of times a day
ONE_WEEK_SECONDS = 7 * 24 * 3600  # short: an expired local certificate must not lock a shift out


ONE_MONTH_SECONDS = 30 * 24 * 3600
UNCHANGING = ("fonts/", "vendor/")


def static_age(name: str | None) -> int | None:
    """How long a browser may use a static file unasked: seconds, or None to ask each time."""
    return ONE_MONTH_SECONDS if name and name.startswith(UNCHANGING) else None


def register(app: Flask) -> None:
    """Set the headers after every request."""
    app.get_send_file_max_age = static_age  # type: ignore[method-assign, assignment]

    @app.after_request
    def set_headers(response: Response) -> Response:
        between_nodes = request.path.startswith(BETWEEN_NODES)
        if between_nodes and response.status_code == NOTHING:
            del response.headers["Content-Type"]
            return response  # asked with the time in the address: nobody can keep it
        told = OF_PARTS if response.mimetype in PARTS else OF_NODES if between_nodes else FIXED
        for name, value in told.items():
            response.headers.setdefault(name, value)
        if request.is_secure and not between_nodes:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_WEEK_SECONDS}")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

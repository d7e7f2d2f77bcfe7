"""The first floor: a Flask route that does nothing, on the server's own settings."""

from typing import Any

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/bare")
def bare() -> Any:
    return jsonify(ok=True)


def serve(port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from app.serve import BACKPRESSURE, THREADS

    Granian(
        "benchmarks.bare:app",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backpressure=BACKPRESSURE,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    import sys

    serve(int(sys.argv[1]))

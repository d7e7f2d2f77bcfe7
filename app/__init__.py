"""An Ca: daily health checks, reminders and summaries for one industrial park."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The application of one node; without settings they are read from the environment."""
    from app.factory import build_app
    from app.settings import Settings

    return build_app(settings or Settings.from_environment())


def create_restorer() -> "Flask":
    """What `backup restore` needs of it: a node whose keys are lost can be restored too."""
    from app.factory import build_restorer
    from app.settings import Settings

    return build_restorer(Settings.from_environment())

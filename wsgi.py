"""The application object that servers and the `flask` command look for."""

from app import create_app

app = create_app()

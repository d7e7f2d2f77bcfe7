"""The application object that servers and the `flask` command look for."""

import gc

from app import create_app

app = create_app()

# What stands from the start stays for good: looking through it again and again for rubbish would
# make one request in ten wait an eighth of a second.
gc.collect()
gc.freeze()

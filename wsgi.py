"""The application object that servers and the `flask` command look for."""

import gc
import itertools
import sys

from app import create_app, create_restorer
from app.kernel.refusals import Refusal
from app.serve import tell_not_started

restoring = ("backup", "restore") in itertools.pairwise(sys.argv)
try:
    app = create_restorer() if restoring else create_app()
except Refusal as refusal:  # keys that are gone are told, never made anew over data
    raise SystemExit(tell_not_started(refusal)) from None

# What stands from the start stays for good: looking through it again and again for rubbish would
# make one request in ten wait an eighth of a second.
gc.collect()
gc.freeze()

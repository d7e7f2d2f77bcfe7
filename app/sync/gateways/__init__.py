"""The outside of the logs: signatures, and the province over HTTP."""

"""One file per channel; only the registry knows them."""

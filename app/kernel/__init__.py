"""Ground floor: clock, ids, events, refusals, text; plain values only."""

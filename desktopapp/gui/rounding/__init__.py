"""Rounding for publication in the window: choose, look, apply; the plan watched while the report changes."""

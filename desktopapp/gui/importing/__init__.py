"""Bringing foreign sources in: looking over what was recognised, and choosing what an open report takes over."""

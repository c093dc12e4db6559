"""Suspects in the window: found beside the typing, shown as one finding, adopted as an ordinary edit."""

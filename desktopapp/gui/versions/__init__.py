"""Copies, backups, versions side by side, and the history of a report."""

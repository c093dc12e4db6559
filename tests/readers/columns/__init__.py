"""Columns given back by the relations."""

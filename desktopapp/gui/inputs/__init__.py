"""The tables of what the forms do not hold, as ordinary editable tables."""

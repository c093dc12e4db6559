"""The text of the report in the window: live sections, facts, imported text."""

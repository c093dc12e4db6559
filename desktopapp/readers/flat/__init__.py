"""Forms in running text: tables that lost their rules, empty cells and line breaks on the way."""

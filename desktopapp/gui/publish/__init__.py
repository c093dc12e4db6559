"""Preview, print and export of the whole report."""

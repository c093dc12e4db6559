"""Several people on one report: passwords, copies for colleagues, merging what they changed."""

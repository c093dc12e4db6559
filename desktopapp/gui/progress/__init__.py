"""The progress of the year's work: what is filled in, what is missing, what is unexplained, and the next step."""

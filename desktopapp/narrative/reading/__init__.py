"""Understanding text that somebody wrote: what its numbers claim, and whether they can be right."""

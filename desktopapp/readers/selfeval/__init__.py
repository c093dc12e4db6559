"""Self-evaluation forms of a document read into the models of ``core.performance``."""

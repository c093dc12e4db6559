"""Self-evaluation forms (绩效自评表) in the window: one page per form, and a list of all."""

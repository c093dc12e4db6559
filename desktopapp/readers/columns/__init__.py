"""Gives amounts their columns back where empty cells were lost: the assignment that satisfies the relations.

Each row has numbers in order and more columns than numbers. First the relations within the row decide, then the rows
that are settled, the rows above (a part cannot stand where its sum is empty) and the sums down a classification, then
all relations of the report together: the assignment with the fewest violated relations wins. Where two assignments are
equally good, or a relation stays violated, the cells are marked as unsure.
"""

"""Performance self-evaluation (绩效自评): targets and actuals as people write them, scores by rule, forms and checks.

Scores, weights and totals are whole hundredths of a point, amounts whole 分, everything in between exact fractions.
"""

"""What needs an integer program: controlled rounding and the exact search for wrong cells.

The solver library is imported when a program is first solved, never with this package.
"""

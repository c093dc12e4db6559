"""Long runs of broken input against everything that takes input: ``python -m tests.benchmarks.fuzz``."""

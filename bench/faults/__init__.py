"""Faults: what breaks on purpose while people are at work, and the figures of what came of it.

Each fault is a module with `def run(short: bool, database: str, say: Say) -> Figures`, ended by
`if __name__ == "__main__": alone(run)`, and has its line in the list of `__main__.py`.
`python -m bench.faults` runs all of them, `python -m bench.faults.kill` one alone.
"""

"""What cocflow costs, measured: requests, points, memory, time, minutes. `python -m benchmarks`.

Each row stands beside a reference measured in the same run, or the arithmetic minimum, since the
seconds of another machine say nothing. The counts are tested too (`tests/test_benchmarks.py`).
"""

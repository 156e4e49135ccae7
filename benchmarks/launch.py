"""A process beside ours, measured from outside: `python benchmarks/launch.py PROGRAM ARGUMENT …`.

Prints one line of JSON: its seconds from start to end, and the most megabytes that it held. A process
inherits the peak of whoever starts it, so it is started from here, a Python that has imported nothing.
"""

import os
import sys
import time

started = time.perf_counter()
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, 1, 2)]
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent), 0)
took = time.perf_counter() - started
print(f'{{"seconds": {took}, "megabytes": {used.ru_maxrss / 1024}}}')
sys.exit(os.waitstatus_to_exitcode(status))

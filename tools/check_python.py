"""Says in one sentence which Python is needed; runs on any Python 3.6 or newer."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(f"Huizhen needs Python 3.11 to 3.13 and this is {found}: try make PYTHON=python3.11 setup.")

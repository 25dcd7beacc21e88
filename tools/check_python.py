"""Says in one sentence which Python is needed; runs on any Python 3, so its syntax stays old."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = "{}.{}".format(*sys.version_info[:2])
    sys.exit("Huizhen runs on Python 3.11 to 3.13 and this is {}: name another, as in make PYTHON=python3.11 setup.".format(found))

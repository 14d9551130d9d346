"""Upkeep: old raw files and old rows away, small files joined, unneeded data files deleted. All other content stays."""

from meterlake.operations.maintain import add_arguments, run
from meterlake.runner import job_main

main = job_main("maintain", run, __doc__, add_arguments, writes=True)

if __name__ == "__main__":
    main()

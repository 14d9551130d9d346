"""What run_pipeline would read, judge and write now, and why. Changes nothing."""

from meterlake.plan.command import run
from meterlake.runner import job_main

main = job_main("plan", run, __doc__)

if __name__ == "__main__":
    main()

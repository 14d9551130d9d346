"""One meter explained: each reading as it came, what each rule said about it, what became of it and why."""

from meterlake.explain.command import add_arguments, run
from meterlake.runner import job_main

main = job_main("explain_meter", run, __doc__, add_arguments)

if __name__ == "__main__":
    main()

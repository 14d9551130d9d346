"""Writes the sample district: landing files with every defect injected, reference tables, and the truth about them."""

from meterlake.runner import job_main
from meterlake.sample.generate import add_arguments, run

main = job_main("generate_sample", run, __doc__, add_arguments, needs_spark=False)

if __name__ == "__main__":
    main()

"""A sample district: real homes' curves as a head-end would deliver them, every defect injected and written down.

`district` builds the meters from `curves`; `roles` hands each injection a meter of its own; the injections
(`faulty_values`, `spoiled_readings`, `interruptions`, `deliveries`, `unreadable_files`) change its `feed` and write
what the rules make of it into the `truth`; `landing` and `reference` turn all of it into files, which `store` writes.
The truth holds for the thresholds of conf/base.yaml.

`python -m meterlake.sample.summary` then says what the pipeline found of it.
"""

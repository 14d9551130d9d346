"""Running the suite: the audit of counts, the record of runs, retries, tickets and alerts, upkeep."""

"""One meter explained: each reading as it came, what every rule said about it, what became of it and why.

`command` is the job; `gather` reads the meter's rows, `story` puts what the rules say beside what silver holds,
`sentences`, `not_made` and `score` say it in words, `text` and `machine` print it.
"""

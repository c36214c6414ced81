"""What the software of others makes of a document, written down as far as its source is known.

Each file reads as its program does, tolerances, traps and all; where each rule comes from stands in
`../README.md`. `read(activity)` answers with a Verdict.
"""

"""One module for each command: its options, what it calls, how it is printed.

`sync.cli` imports them by name.
"""

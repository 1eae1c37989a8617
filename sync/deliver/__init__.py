"""Outbox -> channels. A pass of its own after the deciding transaction has committed.

streams             what waits for standard output and error is printed, then marked
channels            which channels there are
"""

"""What is stored, and how: the engine, the tables, one store for each part of the state, queries.

Decides nothing. What is decided, and when a transaction begins, is the business of the package `sync`.
"""

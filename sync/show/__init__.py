"""Answers -> what a person reads. Pure, but for `terminal`, which writes.

columns, code_sheet, status_sheet   an answer -> rows and cells
differences                         registry and other tables -> missing, unregistered, in conflict, ignored
health                              a database's facts -> what is wrong, if anything
next_steps                          a first look -> what one may want to do next
people                              an answer without the names of people
render                              rows -> plain text, CSV, JSON
terminal                            rows -> a table on a terminal
"""

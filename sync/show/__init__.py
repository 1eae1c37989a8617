"""Answers -> what a person reads. Pure, but for `terminal` and `progress`, which write.

columns, code_sheet, status_sheet   an answer -> rows and cells
alert_list, held_back               alerts and their deliveries, and what waits for a person, likewise
differences                         registry and other tables -> missing, unregistered, in conflict, ignored
watch_list                          the watches, and the registries that could be
overview                            how several watches do, on one screen
health                              a database's facts -> what is wrong, if anything
next_steps                          a first look -> what one may want to do next
surroundings                        a code -> what lies before, after and around it
people                              an answer without the names of people
render                              rows -> plain text, CSV, JSON
drawing                             rows and sheets -> what a terminal so many cells wide shows
terminal                            an answer -> standard output, whatever that is
progress                            work that takes long -> a sign of life
"""

"""(Known state, observation) -> new state and what changed. Pure: no clock, no file, no network, no SQL.

advance             one observation of a document, for all its watches
  copies            is this copy newer, the same or older?
  watch_step        one watch under one applied version
    registrations   what became of each registration?
      identity      which registration is it?
      amendments    what is said of it otherwise than before?
observations        runs of equal observations, folded and unfolded
replay              a whole past, in the order of time
flags               registrations against documented tables
conflicts           registrations against lists of codes in use
"""

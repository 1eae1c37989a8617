"""Outbox -> channels. A pass of its own after the deciding transaction has committed.

opening             settings -> channels; secrets are read here
dispatch            what is due is claimed, sent and marked; channels side by side
  attempts          what became of it, and how that is told
streams             what waits for standard output and error is printed, then marked
trial               a test to each channel, past the outbox
channels            what a channel is
  apprise_channel   mail, chat, push: whatever Apprise has a URL for
  exec_channel      a command that is given the letter as JSON
  webhook           a URL that is given the letter as JSON, signed
ping                a dead-man's switch is told that a run went well, or not
http_post           one POST: accepted, or why not
secrecy             no reason and no log shows what opens a channel
"""

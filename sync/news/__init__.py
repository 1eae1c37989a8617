"""What changed -> what somebody must hear, and in which words. Nothing here sends anything.

alerts              changes, flags and notices -> alerts with an id made from what they say
trouble             the sync's own problems -> notices, once an episode
message             alerts -> lines
alert_facts         an alert -> JSON, the same wherever one is told
letter              a message -> what a channel is given
report              what one sync did
summary             report -> lines and JSON
standing            how a watch stands after a run -> one line
"""

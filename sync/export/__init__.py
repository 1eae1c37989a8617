"""The database's public faces: the registry as data, as a feed, as a page.

exports             which faces there are; one of them, or several into their files
  gather            what is known of a watch, in one look at the database
  events            registrations -> what happened, in order
  feed              events -> Atom (RFC 4287)
  page              what is known -> one HTML page that needs nothing else
    registry_map    rows -> blocks of values, drawn to scale
    timeline        events -> marks on an axis of time
    links           where what the registry names can be read
  in_place          bytes -> a file that is whole at every moment

Every face is public: no names of people (docs/rules.md, rule 9), and the same bytes for the same database.
"""

"""ianawatch: which IANA registrations are new, and does the documented table list them?

The way of the data, one room a stage, imports pointing down only:

    cli, commands/      what a person types; exit codes
      program           what every command is given
      run               one sync: look, then one transaction, then delivery
       look             a document and the sources of its watches, as the network has them
        servers         which of them are asked nothing more in this run
        observe         what to ask, and what came back: fetch/, then parse_registry/
          fetch/          location -> bytes, or "not modified"; knows HTTP, not XML
          parse_registry/ bytes -> the document's registries; pure
        sources         documented tables and lists of codes in use, refreshed: fetch/, then parse_documented/
          parse_documented/ bytes -> a documented table; pure
       at_rest          documents in which nothing can have changed: two times are moved on
       deciding         the others, many at once
        stand_in        what ships with the program stands in for a first look that failed
        sights          what was seen, as the decisions take it; pure
        store           one transaction: decide, then write all of it or nothing
          decide/       (known state, observation) -> new state and what changed; pure
        store_flags     registrations against documented tables, and what is to be told
          news/         what changed -> what somebody must hear, and its words; pure
        aftermath       what went wrong with a document, and what its servers want
        deliver/        outbox -> channels, after the commit
      past/             past versions, folded in the order of time
      accept            what a person lets through after all
      check             pages against a registry, without a database
      show/             answers -> tables, sheets, JSON
      export/           the database -> a page, a feed, files
      setup/            what a machine needs for the sync to run by itself
    settings/           every setting, from file and environment
    watched             settings -> the watches in force
    discover            what a person names -> a document's registries, for a further watch
    codes, dates        what a person types; escape: what a person may be shown
    watches             what is watched, and what it is compared with
    verdict, audience   words that every run needs, of what it saw and of who is told
    fetched             what passes between a fetch and who asked for it; standard library only
    records, state      what passes between the stages; standard library only
    answers             what the database answers with; standard library only
    errors              every expected error and its exit code
    intervals           values compared by their bounds
    signals             what ends a run at once

What is stored, and how, is the business of the package `db`.
"""

"""ianawatch: which IANA registrations are new, and does the documented table list them?

The way of the data, one room a stage, imports pointing down only:

    cli, commands/      what a person types; exit codes
      run               one sync: look, then one transaction, then delivery
        observe         what to ask, and what came back: fetch/, then parse_registry/
          fetch/          location -> bytes, or "not modified"; knows HTTP, not XML
          parse_registry/ bytes -> the document's registries; pure
        sources         documented tables and lists of codes in use, refreshed: fetch/, then parse_documented/
          parse_documented/ bytes -> a documented table; pure
        store           one transaction: decide, then write all of it or nothing
          decide/       (known state, observation) -> new state and what changed; pure
        store_flags     registrations against documented tables, and what is to be told
          news/         what changed -> what somebody must hear, and its words; pure
        deliver/        outbox -> channels, after the commit
      past/             past versions, folded in the order of time
      accept            what a person lets through after all
      check             pages against a registry, without a database
      show/             answers -> tables, sheets, JSON
      export/           the database -> a page, a feed, files
    records, state      what passes between the stages; standard library only
    errors              every expected error and its exit code

What is stored, and how, is the business of the package `db`.
"""

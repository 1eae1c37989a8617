"""ianawatch: which IANA registrations are new, and does the documented table list them?

The way of the data, one module a stage, imports pointing down only:

    cli, commands/      what a person types; exit codes
      run               one sync: fetch, then one transaction, then delivery
        fetch           location -> bytes, or "not modified"; knows HTTP, not XML
        parse_registry  bytes -> the document's registries; pure
        parse_documented  bytes -> a documented table; pure
        decide          (known state, observation) -> new state and what changed; pure
          copies        is this copy newer, the same or older?
          registrations what became of each registration?
        flags           registrations against documented tables; pure
        alerts          what changed -> what somebody must hear; pure
        deliver         outbox -> channels, after the commit
      backfill, replay  past versions, folded in the order of time
    records, state      what passes between the stages; standard library only
    errors              every expected error and its exit code

What is stored, and how, is the business of the package `db`.
"""

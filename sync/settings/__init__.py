"""Every setting: its default, its key in the configuration file, its environment variable.

    model               the settings, each with what it means and what it may be
    values              a value, from TOML or from text -> the setting's type, or why not
    channels            the tables `[channels.NAME]`
    watches             the tables `[[watch]]`
    read                file and environment -> settings, and where each came from
    effective           settings -> rows for a person, without their secrets
    edit                a configuration file's text -> the same with one watch more or less
    template            the settings -> a configuration file in which all is commented out

What is typed on the command line wins over the environment, that over the file, that over the default; an
empty variable counts as none. A variable is `IANAWATCH_` and the key in capitals; two underscores stand for
the dot of a table (`IANAWATCH_CHANNELS__MAIL__URL`). The watches are one variable, `IANAWATCH_WATCH`, which
holds the list as TOML has it inline. One-off switches (`--dry-run` ...) are no settings. Standard library and
platformdirs only.
"""

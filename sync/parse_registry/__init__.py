"""Bytes -> the registries of a document. Pure, and strict: a document is read as it says or not at all.

document            bytes -> Document with its registries
  strict_xml        bytes -> a tree, well-formed and without a DOCTYPE
  record            one element -> Record, or set aside with the reason
    values          `1000`, `1000-1999`, `0x10` -> an interval
  overlaps          records that contradict each other are set aside
  suitable          why a registry is none of numbers, and no watch can begin with it
"""

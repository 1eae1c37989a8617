"""The floor of many watches in one run: a session of requests, and a row for each watch.

Its arguments: LIST DATABASE

A line of the list names a URL and the id of a registry; a document's lines stand together. Each document is
asked for once, conditionally if an earlier run was answered; what comes is parsed with lxml. One transaction
holds the rows and what the servers said.
"""

from __future__ import annotations

import sqlite3
import sys
from itertools import groupby
from pathlib import Path

import requests
from lxml import etree


def main() -> None:
    """Ask for each document."""
    listed, database = sys.argv[1:]
    lines = [line.split() for line in Path(listed).read_text("utf-8").splitlines()]
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("CREATE TABLE IF NOT EXISTS said (url TEXT PRIMARY KEY, last_modified TEXT)")
    connection.execute("CREATE TABLE IF NOT EXISTS run (registry TEXT, status INTEGER)")
    known = dict(connection.execute("SELECT url, last_modified FROM said"))
    connection.execute("BEGIN IMMEDIATE")
    with requests.Session() as session:
        for url, named in groupby(lines, key=lambda line: line[0]):
            headers = {"If-Modified-Since": known[url]} if url in known else {}
            answer = session.get(url, headers=headers, timeout=10)
            if answer.content:
                etree.fromstring(answer.content)
            said = (url, answer.headers["Last-Modified"])
            connection.execute("INSERT OR REPLACE INTO said VALUES (?, ?)", said)
            rows = [(registry, answer.status_code) for _, registry in named]
            connection.executemany("INSERT INTO run VALUES (?, ?)", rows)
    connection.execute("COMMIT")
    connection.close()


main()

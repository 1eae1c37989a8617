"""The floor of a sync: three libraries imported, one request, one committed row.

Its arguments: URL DATABASE [IF-MODIFIED-SINCE]
"""

from __future__ import annotations

import sys

import requests
import sqlalchemy
from lxml import etree

url, path, *since = sys.argv[1:]
answer = requests.get(url, headers={"If-Modified-Since": since[0]} if since else {}, timeout=10)
if answer.content:
    etree.fromstring(answer.content)
engine = sqlalchemy.create_engine(f"sqlite:///{path}")
with engine.begin() as connection:
    connection.exec_driver_sql("PRAGMA synchronous = EXTRA")
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS run (at TEXT)")
    connection.exec_driver_sql("INSERT INTO run VALUES ('now')")

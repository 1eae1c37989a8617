"""Versions of the document that were seen earlier, or elsewhere.

folder              a folder of files -> versions, oldest first
git_history         a git repository that mirrors IANA -> versions, oldest first
backfill            versions -> the database, as if each had been seen in its time
"""

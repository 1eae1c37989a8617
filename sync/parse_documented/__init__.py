"""Pages that document values -> DocumentedTable, one room a format. The door is `table`.

    encoding            bytes -> text
    formats             which format is it?
    markdown_page       text -> the page's tables; by way of HTML
    html_page           text -> the page's tables
    rst_page            text -> the page's tables
    delimited_file      text -> the file as one table (CSV, TSV)
    json_file           text -> the file's tables
      bullets           a list of values as a table
      spans             cells that reach over rows and columns
    choose              the page's tables -> the one that documents values
      headings          which words stand over a column of values
      cells             what a cell says: `1000`, `1000-1999`, `1000, 1003[1]`
    prefilter           can there be anything at all? without parsing
    page                what passes between these rooms; limits

Pure: no room reads a file, asks the network or knows which registry is watched. markdown-it-py, docutils and
lxml are imported only by the room that needs them, and that room only by a page of its format.
"""

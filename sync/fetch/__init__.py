"""Location -> bytes, or "not modified". Knows HTTP and files, not XML, and stores nothing.

document            a location -> FetchedDocument or NotModified; the tries and what stands between them
  file              the path of a file -> FetchedDocument
  location          is it a URL? how is it shown without its secrets?
  transport         one request and its body, under a size cap
  deadline          the clock over a whole fetch
  patience          what `Retry-After` says
  remedies          what happened -> what to do about it; pure
"""

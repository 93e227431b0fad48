"""Media without I/O: bytes in, values out. Owns no socket, no clock, no thread; tested whole and byte by byte."""

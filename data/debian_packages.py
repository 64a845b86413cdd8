# SPDX-License-Identifier: Apache-2.0
"""Debian's packages as the makers of debian-section and debian-graphs read them.

SOURCE is a folder with
  packages.tsv          id name source section priority description tags, separated by tabs
  section/classes.txt   the sections that say what a package is about, one a line
  section/edges.txt     u v: package u needs v or the reverse, u < v
  section/features.txt  id word:count ..., words of the description
  section/words.txt     the words, one a line
Standard library only; the same source and seed give the same files.
"""
import pathlib
import sys


class Packages:
    """The packages of a folder: lists by id."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        rows = [line.split("\t") for line in self.lines("packages.tsv")]
        self.name = [row[1] for row in rows]
        self.source = [row[2] for row in rows]
        self.section = [row[3] for row in rows]
        self.subjects = set(self.lines("section/classes.txt"))
        self.neighbors = [[] for _ in rows]
        for line in self.lines("section/edges.txt"):
            u, v = map(int, line.split())
            self.neighbors[u].append(v)
            self.neighbors[v].append(u)

    def lines(self, file):
        with open(self.folder / file, encoding="utf-8") as text:
            return [line.rstrip("\n") for line in text]

    def is_hub(self, v, degree=300):
        """Whether so many packages need v, or v needs so many, that it says nothing of any."""
        return len(self.neighbors[v]) > degree


def shuffled(draw, values):
    """The values in random order; `random` promises to draw alike in every version."""
    return [v for _, v in sorted((draw.random(), v) for v in values)]


def write(folder, file, lines):
    with open(folder / file, "w", encoding="utf-8", newline="\n") as text:
        text.writelines(f"{line}\n" for line in lines)


def arguments(usage):
    """SOURCE and the folder to write to, which is the script's own unless given."""
    if not 2 <= len(sys.argv) <= 3 or sys.argv[1].startswith("-"):
        sys.exit(usage.strip())
    here = pathlib.Path(sys.argv[0]).resolve().parent
    return Packages(sys.argv[1]), pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else here

"""The guide inside every bundle: how an outsider verifies it, with our program or by hand."""

from __future__ import annotations

GUIDE_TEXT = """\
# How to verify this bundle

Bundle format 1. This text is the same in every bundle of this format.

## With the program

    python main.py verify THIS.watchfloor

or, with nothing but Python 3.11, the package `cryptography` and the folder `app/proof` of
Watchfloor's source code:

    python -m app.proof.verify THIS.watchfloor

It answers 0 only if every byte of this file is as it must be. Three things make the answer
stronger than this file alone can be:

* `--server-key KEY`: the site's public key, learned from somewhere else. Without it the program
  takes the key in `keys.json` and shows it, so that you can compare.
* `--checkpoint FILE`: any checkpoint of this log that somebody kept, earlier or later. An earlier
  one shows that nothing before it was rewritten, a later one that nothing newer was left out.
* the console ids it prints: compare them with ids known from elsewhere.

Take the program from a place you trust, not from whoever gave you this file.

## By hand

Unpack this zip; its files are stored uncompressed.

1. `records.ndjson` has one line for each position of the log, starting at 1. A line is either a
   record, exactly as the server wrote it, or says that the record is withheld and gives its leaf
   hash (base64url).
2. The leaf hash of a record is SHA-256 over one byte 00 and the line without its newline.
   `leaves.txt` lists all of them in Base64, so that a changed line is found quickly.
3. Pair neighbouring hashes: SHA-256 over one byte 01, the left and the right hash. A hash without
   a right neighbour moves up as it is. Repeat until one is left: the root (RFC 6962, section 2.1).
4. Line 3 of `checkpoint.txt` is the root in Base64, line 2 the number of records, line 1 the log.
   The signature line holds, in Base64, 4 bytes of key id and 64 bytes of Ed25519 signature over
   the text before the blank line, including its last newline. `server` in `keys.json` is the key.
5. The files in `checkpoints/` are earlier states of the same log: the root over that many first
   lines, signed in the same way.
6. `sig` in a record is an Ed25519 signature (base64url) over the text `watchfloor-event-v1`, a
   newline, and the bytes of `body` exactly as they stand in the line. The key is the one in
   `keys.json` whose SHA-256, cut to 16 bytes and written in base64url, is `console` in the body.
7. `site-checkpoint.txt` is the site's own log, of which each published checkpoint is a leaf: the
   text of `checkpoint.txt` before its blank line, including its last newline. `site-proof.json`
   gives its index and the hashes that lead to the site's root (RFC 9162, section 2.1.3.2).
8. Each file in `blobs/` is named by the SHA-256 of its bytes, and a record names it.
"""

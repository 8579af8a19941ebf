"""A seeded world in which the real sync engine meets every fault we can think of.

Real: `LogCopy`, `Engine` and everything they use on the console; `GrowingLog` (places, records,
tree), `Judge`, `Registry` and the wire checks on the server; signatures, codec, `replay`.
Modelled: disks (each transaction whole or not at all; killed before or after it; full), the
network, clocks, the tables behind the server's log.  The models are held to the real ones in
`test_models.py`.

Where each invariant is checked (`invariants.py` unless it says otherwise):

| invariant | when |
|---|---|
| acked_is_kept, once, dense, fate, live, epoch_recovered, bounded, root, signature | at the end |
| prefix, authorised | at every write of a disk or a server |
| local_durable | at every start of a console, and at the end |
| optimistic, replay_equals_live | sampled on the way |
| converges, deterministic, causal, conflict_visible, safe_freeze | at the end |
| skew_harmless | the same seed again with true clocks (`clocks.py`) |
| bounded, the memory of a slow listener | `tests/server` (a subscription is cut at 4 MiB) |
| export_verifies | `tests/proof` (mutations and forgeries of bundles) |
"""
